import { expect, test } from "vitest";
import type { GateRule } from "../plans/index.ts";
import { adviseMetrics } from "./advise-metrics.ts";
import type { Target } from "./release-targets.ts";

const rule = (check: string): GateRule => ({ check, when: null, message: null, mode: "prevent", origin: "project" });
const target = (loggedModelId: string | null) =>
  ({
    name: "tumours",
    version: { model: "tumours", version: 3, loggedModelId, checkAskedAt: null },
  }) as unknown as Target;
const sets = [{ subject: "tumours", values: { metrics: { auc: 0.9 } } }];
const noteOf = (check: string, loggedModelId: string | null = "m-1") =>
  adviseMetrics([rule(check)], [target(loggedModelId)], sets)[0]?.note;

test.each([
  ["metrics.loss < 1", "loss"],
  ['metrics["val loss"] < 1', "val loss"],
  ["candidate.metrics.loss < 1 && metrics.auc > 0", "loss"],
])("%s says how to log what is missing", (check, metric) => {
  expect(noteOf(check)).toBe(
    `tumours version 3 was registered without it: log it with the model, mlflow.log_metric("${metric}", value, model_id="m-1"), and make the plan again`,
  );
});

test.each([
  ["a metric that is there", "metrics.auc > 0.5", "m-1"],
  ["the champion's metrics", "champion.metrics.loss > 0.5", "m-1"],
  ["a version of a pipeline", "metrics.loss > 0.5", null],
])("%s needs no advice", (_what, check, loggedModelId) => {
  expect(noteOf(check, loggedModelId)).toBeUndefined();
});
