import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluateBinary } from "./binary-metrics.ts";
import { curvePoints, groupScores, rocAuc, rocAucInterval } from "./score-groups.ts";

/** Numbers of scikit-learn and of the definitions written out in `fixtures/make_fixtures.py`. */
const { ties } = JSON.parse(readFileSync(new URL("fixtures/expected.json", import.meta.url), "utf8"));

const evaluate = (probability: number[], actual: number[], threshold = 0.5) =>
  evaluateBinary(Float64Array.from(probability), Uint8Array.from(actual), threshold);

describe("binary metrics", () => {
  it("agree with scikit-learn where most scores are shared, zero and one among them", () => {
    const { metrics, groups } = evaluate(ties.probability, ties.actual, ties.threshold);
    const { roc_auc_low, roc_auc_high, ...expected } = ties.metrics;
    for (const [name, value] of Object.entries<number>(expected)) expect(metrics[name], name).toBeCloseTo(value, 12);
    expect(rocAucInterval(groups).low).toBeCloseTo(roc_auc_low, 12);
    expect(rocAucInterval(groups).high).toBeCloseTo(roc_auc_high, 12);
  });

  it.each([
    ["a perfect order", [0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 1],
    ["a reversed one", [0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], 0],
    ["no order at all", [0.5, 0.5, 0.5, 0.5], [0, 0, 1, 1], 0.5],
  ])("give %s its AUC", (_, probability, actual, auc) => {
    expect(rocAuc(groupScores(probability, actual))).toBe(auc);
  });

  it("give 0, not NaN, where nothing is predicted positive", () => {
    const { metrics } = evaluate([0.1, 0.2], [0, 1]);
    expect(metrics).toMatchObject({ precision: 0, recall: 0, f1: 0, accuracy: 0.5 });
    expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
  });

  it("thin a curve to the limit and keep its ends", () => {
    const probability = Array.from({ length: 50_000 }, (_, i) => i / 50_000);
    const points = curvePoints(
      groupScores(
        probability,
        probability.map((p) => (p > 0.4 ? 1 : 0)),
      ),
      199,
    );
    expect(points.length).toBeLessThanOrEqual(199);
    expect(points[0]).toMatchObject({ truePositives: 1, falsePositives: 0 });
    expect(points.at(-1)).toEqual({ threshold: 0, truePositives: 29_999, falsePositives: 20_001 });
  });
});
