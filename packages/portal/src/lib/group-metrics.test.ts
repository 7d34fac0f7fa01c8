import { expect, test } from "vitest";
import { groupMetrics, metricTitle, systemMetric } from "./group-metrics.ts";

test("metrics stand together by the first part of their names, numbers in their order", () => {
  expect(groupMetrics(["val/loss", "loss", "val/auc", "fold_10", "fold_2", "a/b/c"])).toEqual([
    { name: "", keys: ["fold_2", "fold_10", "loss"] },
    { name: "a", keys: ["a/b/c"] },
    { name: "val", keys: ["val/auc", "val/loss"] },
  ]);
});

test.each([
  ["system/cpu_utilization_percentage", "cpu utilization", "%"],
  ["system/gpu_0_memory_usage_megabytes", "gpu 0 memory usage", "MB"],
  ["system/gpu_1_power_usage_watts", "gpu 1 power usage", "W"],
  ["system/something", "something", ""],
])("%s is %s in %s", (key, title, unit) => expect(systemMetric(key)).toEqual({ title, unit }));

test("a metric goes by its words, one of the machine by what it measures and its unit", () => {
  expect(metricTitle("train/roc_auc")).toBe("train/roc auc");
  expect(metricTitle("system/gpu_0_power_usage_watts")).toBe("gpu 0 power usage, W");
});
