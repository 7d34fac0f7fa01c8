import { emptyLatency, observeLatency } from "@pave/contract";
import type { PredictionComparison } from "@pave/contract/drift";
import { describe, expect, it } from "vitest";
import { analyseStep, type StepFacts } from "./analyse-step.ts";

const counts = (requests: number, errors5xx = 0, milliseconds = 5) => {
  const latency = emptyLatency();
  for (let count = 0; count < requests; count += 1) observeLatency(latency, milliseconds);
  return { requests, rows: requests, errors4xx: 0, errors5xx, latency };
};
const predictions = (more: Partial<PredictionComparison>): PredictionComparison => ({
  status: "alike",
  reason: "PSI 0.01",
  rows: { stable: 500, candidate: 100 },
  predictionPsi: 0,
  psi: 0.01,
  chancePsi: 0.1,
  p: 0.5,
  meanDifference: null,
  ...more,
});
const psi = "predictionPsi > 0.2";
const guarded = `has(predictionPsi) && ${psi}`;

function facts(checks: readonly string[], more: Partial<StepFacts> & { minRequests?: number } = {}): StepFacts {
  const { minRequests = 50, ...rest } = more;
  return {
    at: new Date("2026-03-01T12:00:00Z"),
    weight: 5,
    settings: {
      canary: [5, 100],
      every: "3s",
      minRequests,
      maxWait: "1h",
      onInconclusive: "pause",
      abortWhen: checks.map((check) => ({ check, origin: "project" })),
    },
    candidate: { release: 2, modelVersion: "2", counts: counts(100) },
    stable: { release: 1, modelVersion: "1", counts: counts(1900) },
    predictions: undefined,
    truth: undefined,
    trouble: null,
    gatewayFailure: null,
    ...rest,
  };
}
const side = (release: number, ...numbers: Parameters<typeof counts>) => ({
  release,
  modelVersion: String(release),
  counts: counts(...numbers),
});

describe("the verdict on a step", () => {
  it.each<[string, StepFacts, string, string | RegExp]>([
    [
      "passes where nothing is true",
      facts(["errorRate > 0.01", "p95Ms > 2 * stable.p95Ms"]),
      "pass",
      "none of 2 conditions is true, with 100 requests to the candidate at 5 % and 1,900 requests to stable",
    ],
    ["passes without conditions once there are requests", facts([]), "pass", /^no condition to look at/],
    [
      "fails with the numbers of the condition",
      facts(["errorRate > 0.01"], { candidate: side(2, 100, 52) }),
      "fail",
      "errorRate > 0.01: errorRate = 0.52, with 100 requests to the candidate at 5 % and 1,900 requests to stable",
    ],
    [
      "fails where it is slower than stable",
      facts(["p95Ms > 2 * stable.p95Ms"], { candidate: side(2, 100, 0, 50) }),
      "fail",
      /^p95Ms > 2 \* stable\.p95Ms: p95Ms = 49\.\d+, stable\.p95Ms = /,
    ],
    [
      "is none without traffic",
      facts(["errorRate > 0.01"], { candidate: side(2, 0) }),
      "inconclusive",
      "no request has reached release 2 at 5 %",
    ],
    [
      "is none on too few requests, whatever they say",
      facts(["errorRate > 0.01"], { candidate: side(2, 49, 49) }),
      "inconclusive",
      "49 of 50 requests to release 2 at 5 %",
    ],
    [
      "is none where stable has too few to compare with",
      facts(["p95Ms > stable.p95Ms"], { stable: side(1, 3) }),
      "inconclusive",
      "p95Ms > stable.p95Ms: 3 requests of 50 to stable",
    ],
    [
      "needs no requests of stable where it is not compared",
      facts(["errorRate > 0.01"], { stable: side(1, 3) }),
      "pass",
      /./,
    ],
    [
      "is none on nothing, even where nothing is asked for",
      facts(["errorRate > 0.01"], { minRequests: 0, candidate: side(2, 0) }),
      "inconclusive",
      "errorRate > 0.01: 0 requests of 1 to the candidate",
    ],
    [
      "passes by time alone where neither requests nor conditions are asked for",
      facts([], { minRequests: 0, candidate: side(2, 0) }),
      "pass",
      /./,
    ],
    [
      "is none about predictions that nobody profiles",
      facts([psi]),
      "inconclusive",
      `${psi}: the predictions are not profiled`,
    ],
    ["does not wait for predictions that nobody profiles where it asks with has()", facts([guarded]), "pass", /./],
    [
      "waits for predictions that are too few, has() or not",
      facts([guarded], {
        predictions: predictions({ status: "too-few-rows", reason: "3 predictions", predictionPsi: null }),
      }),
      "inconclusive",
      `${guarded}: 3 predictions`,
    ],
    [
      "fails on other predictions",
      facts([guarded], { predictions: predictions({ status: "different", predictionPsi: 0.5 }) }),
      "fail",
      /predictionPsi = 0\.5/,
    ],
    ["passes on alike ones", facts([psi], { predictions: predictions({}) }), "pass", /./],
    [
      "sees labels where they are there",
      facts(["truth.auc < stable.truth.auc - 0.05"], {
        truth: { candidate: { auc: 0.5 }, stable: { auc: 0.7 } },
      }),
      "fail",
      /truth\.auc = 0\.5/,
    ],
    ["is none without labels", facts(["truth.auc < 0.6"]), "inconclusive", /^truth\.auc < 0\.6: no ground truth yet/],
    ["does not wait for labels where it asks with has()", facts(["has(truth.auc) && truth.auc < 0.6"]), "pass", /./],
    [
      "is none about a metric that no labels give, has() or not",
      facts(["has(truth.roc_auc) && truth.roc_auc < 0.6"]),
      "inconclusive",
      /roc_auc is unknown here, expected one of rows, .*auc/,
    ],
    [
      "is none where an expression cannot be computed",
      facts(["errorRate / stable.errorRate > 2"]),
      "inconclusive",
      /division by zero/,
    ],
    [
      "fails where a gateway cannot serve the candidate any more",
      facts([], { gatewayFailure: "model.onnx is cut short" }),
      "fail",
      "the gateway cannot serve it: model.onnx is cut short",
    ],
    [
      "waits while chance could hide the difference that is asked about",
      facts([guarded], { predictions: predictions({ chancePsi: 0.31, reason: "PSI 0.12" }) }),
      "inconclusive",
      `${guarded}: too few predictions to rule it out: PSI 0.12`,
    ],
    [
      "waits for a smaller difference longer",
      facts(["predictionPsi > 0.05"], { predictions: predictions({ chancePsi: 0.1 }) }),
      "inconclusive",
      /too few predictions to rule it out/,
    ],
    [
      "passes once chance could not hide it",
      facts([psi], { predictions: predictions({ chancePsi: 0.19 }) }),
      "pass",
      /^none of 1 condition is true/,
    ],
    [
      "passes with a difference that is certain and smaller than is asked about",
      facts([psi], { predictions: predictions({ status: "different", predictionPsi: 0.12, chancePsi: 0.31 }) }),
      "pass",
      /./,
    ],
    [
      "fails though another condition lacks its numbers",
      facts([psi, "errorRate > 0.01"], { candidate: side(2, 100, 100) }),
      "fail",
      /^errorRate/,
    ],
  ])("%s", (_, step, verdict, reason) => {
    const analysis = analyseStep(step);
    expect(analysis.verdict, analysis.reason).toBe(verdict);
    if (typeof reason === "string") expect(analysis.reason).toBe(reason);
    else expect(analysis.reason).toMatch(reason);
  });

  it("keeps the numbers of both sides", () => {
    const difference = { value: 0.1, low: 0, high: 0.2, stable: 0.2, candidate: 0.3 };
    expect(
      analyseStep(facts([], { candidate: side(2, 100, 10), predictions: predictions({ meanDifference: difference }) })),
    ).toMatchObject({
      candidate: {
        release: 2,
        requests: 100,
        errors: 10,
        errorRate: 0.1,
        p50Ms: expect.any(Number),
        predictionMean: 0.3,
      },
      stable: { release: 1, requests: 1900, errors: 0, errorRate: 0, predictionMean: 0.2 },
      predictionPsi: 0,
      predictions: "PSI 0.01",
    });
  });
});
