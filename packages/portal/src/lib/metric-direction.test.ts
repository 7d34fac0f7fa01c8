import { expect, it } from "vitest";
import { directionOf, judgeDifference, sortMetrics } from "./metric-direction.ts";

it.each([
  ["roc_auc", "higher"],
  ["log_loss", "lower"],
  ["expected_calibration_error", "lower"],
  ["brier", "lower"],
  ["rows", "neither"],
  ["positive_rate", "neither"],
  ["f1", "higher"],
  ["train_seconds", "lower"],
  ["train_positive_rate", "neither"],
  ["train_rows", "neither"],
  ["train/learning_rate", "neither"],
  ["system/gpu_0_utilization_percentage", "neither"],
  ["validation/loss", "lower"],
])("%s is better %s", (name, direction) => {
  expect(directionOf(name)).toBe(direction);
});

it.each<[string, number, number, string]>([
  ["roc_auc", 0.69, 0.67, "better"],
  ["log_loss", 0.4, 0.5, "better"],
  ["log_loss", 0.5, 0.4, "worse"],
  ["roc_auc", 0.67001, 0.67, "same"],
  ["rows", 10, 5, "same"],
])("%s of %d against %d is %s", (name, candidate, champion, verdict) => {
  expect(judgeDifference(name, candidate, champion)).toBe(verdict);
});

it("orders metrics by what people look at first", () => {
  expect(sortMetrics(["rows", "recall", "log_loss", "precision", "roc_auc", "positive_rate"])).toEqual([
    "roc_auc",
    "log_loss",
    "precision",
    "recall",
    "positive_rate",
    "rows",
  ]);
});
