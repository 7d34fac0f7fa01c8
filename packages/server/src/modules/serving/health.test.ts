import { emptyLatency, observeLatency } from "@pave/contract";
import { expect, it } from "vitest";
import { type HealthInput, healthOf } from "./health.ts";
import { chartSeconds, mergeWindows } from "./traffic.ts";

const traffic = (requests: number, errors5xx = 0, ms = 10): HealthInput["now"] => {
  const latency = emptyLatency();
  for (let index = 0; index < requests; index += 1) observeLatency(latency, ms);
  return { requests, rows: requests, errors4xx: 0, errors5xx, latency };
};
const well: HealthInput = {
  isReleased: true,
  readiness: { gateways: 1, ready: 1, failure: null },
  now: traffic(100),
  slo: { availability: 99, p99Ms: 50 },
};

it.each<[string, Partial<HealthInput>, string, string]>([
  ["nothing is released", { isReleased: false }, "empty", "Nothing is released here yet."],
  [
    "no gateway lives",
    { readiness: { gateways: 0, ready: 0, failure: null } },
    "down",
    "No gateway has reported lately; whether the endpoint answers is unknown.",
  ],
  [
    "no gateway can load it",
    { readiness: { gateways: 1, ready: 0, failure: "cut short" } },
    "down",
    "The gateway could not load the model: cut short",
  ],
  [
    "one of two has it",
    { readiness: { gateways: 2, ready: 1, failure: null } },
    "degraded",
    "1 of 2 gateways have the model loaded.",
  ],
  ["nobody calls", { now: traffic(0) }, "healthy", "Ready; no requests in the last five minutes."],
  ["half of it fails", { now: traffic(10, 5) }, "down", "50 % of 10 requests in the last five minutes failed."],
  [
    "more fails than the service level allows",
    { now: traffic(100, 2) },
    "degraded",
    "2 % of 100 requests in the last five minutes failed; the service level is 99 % availability.",
  ],
  [
    "as much fails as it allows",
    { now: traffic(100, 1) },
    "healthy",
    "100 requests in the last five minutes, 1 % failed, 99th percentile 10 ms.",
  ],
  [
    "too few requests to say",
    { now: traffic(10, 1, 80) },
    "healthy",
    "10 requests in the last five minutes, 10 % failed, 99th percentile 80 ms.",
  ],
  [
    "it is slow",
    { now: traffic(100, 0, 80) },
    "degraded",
    "The 99th percentile of latency is 80 ms; the service level is 50 ms.",
  ],
  [
    "it is slow and nobody minds",
    { now: traffic(100, 0, 80), slo: {} },
    "healthy",
    "100 requests in the last five minutes, 0 % failed, 99th percentile 80 ms.",
  ],
])("when %s", (_, change, health, healthReason) => {
  expect(healthOf({ ...well, ...change })).toEqual({ health, healthReason });
});

it("windows fall into spans by their start", () => {
  const at = (time: string, releaseId = "r") => ({
    deploymentId: "d",
    releaseId,
    start: new Date(time),
    ...traffic(1),
  });
  const merged = mergeWindows(
    [
      at("2026-01-01T00:00:09.999Z"),
      at("2026-01-01T00:00:10.000Z"),
      at("2026-01-01T00:00:00Z"),
      at("2026-01-01T00:00:01Z", "s"),
    ],
    10,
  );
  expect(merged.map(({ releaseId, start, requests }) => [releaseId, start.toISOString(), requests])).toEqual([
    ["r", "2026-01-01T00:00:00.000Z", 2],
    ["s", "2026-01-01T00:00:00.000Z", 1],
    ["r", "2026-01-01T00:00:10.000Z", 1],
  ]);
});

it.each([
  [5, 10],
  [60, 10],
  [61, 30],
  [180, 30],
  [24 * 60, 300],
  [7 * 24 * 60, 1800],
])("a chart of %i minutes has points of %i seconds", (minutes, seconds) => {
  expect(chartSeconds(minutes)).toBe(seconds);
});
