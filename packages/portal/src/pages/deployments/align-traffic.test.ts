import { describe, expect, it } from "vitest";
import { alignTraffic } from "./align-traffic.ts";

const now = Date.parse("2026-11-23T10:04:30.000Z");
const point = (minute: string, requests: number, errors5xx = 0) => ({
  start: `2026-11-23T10:${minute}:00.000Z`,
  requests,
  rows: requests,
  errors4xx: 0,
  errors5xx,
  p50Ms: 2,
  p95Ms: 3,
  p99Ms: 4,
});

describe("traffic on a common time axis", () => {
  const aligned = alignTraffic(
    {
      windowSeconds: 60,
      series: [
        { modelVersion: "1", release: 1, points: [point("01", 60), point("02", 30, 3)] },
        { modelVersion: "2", release: 2, points: [point("04", 20)] },
      ],
      markers: [],
    },
    4,
    now,
  );

  it("has a window for each step, without gaps, to now", () => {
    expect(aligned.times.map((seconds) => new Date(seconds * 1000).toISOString().slice(14, 16))).toEqual([
      "00",
      "01",
      "02",
      "03",
      "04",
    ]);
  });

  it("counts no requests as 0 and leaves latency open", () => {
    expect(aligned.series[0]).toEqual({
      label: "version 1",
      requestsPerMinute: [0, 60, 30, 0, null],
      latency: { p50Ms: [null, 2, 2, null, null], p95Ms: [null, 3, 3, null, null], p99Ms: [null, 4, 4, null, null] },
    });
  });

  it("takes the last window for what it is: half a minute so far", () => {
    expect(aligned.series[1]?.requestsPerMinute.at(-1)).toBe(40);
  });

  it("gives errors as a share of the requests of all versions", () => {
    expect(aligned.errors5xx).toEqual([null, 0, 0.1, null, 0]);
  });
});

it("tells two releases of one version apart", () => {
  const series = [1, 3].map((release) => ({ modelVersion: "1", release, points: [] }));
  expect(alignTraffic({ windowSeconds: 60, series, markers: [] }, 1, now).series.map(({ label }) => label)).toEqual([
    "version 1 (release 1)",
    "version 1 (release 3)",
  ]);
});
