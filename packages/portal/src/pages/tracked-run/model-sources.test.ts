import type { RunLoggedModel } from "@pave/contract";
import { expect, test } from "vitest";
import { describeDataset } from "./describe-dataset.ts";
import { modelSources } from "./model-sources.ts";

const model = (part: Partial<RunLoggedModel>): RunLoggedModel => ({
  ...{ id: "m-1", name: "forest", type: "", status: "READY", direction: "output", step: 0 },
  ...{ createdAt: "2026-01-01T00:00:00Z", bytes: 1, metrics: [], versions: [] },
  ...part,
});

test("what can be registered are models that are whole, and the folders that older clients logged models to", () => {
  const history = JSON.stringify([
    { artifact_path: "old" },
    { artifact_path: "forest" },
    { artifact_path: "old" },
    null,
  ]);
  const models = [
    model({}),
    model({ id: "m-2", status: "PENDING", name: "late" }),
    model({ id: "m-3", direction: "input", name: "base" }),
  ];
  expect(modelSources({ id: "r", models, tags: { "mlflow.log-model.history": history } })).toEqual([
    { label: "forest", uri: "models:/m-1" },
    { label: "old", uri: "runs:/r/old" },
  ]);
  expect(modelSources({ id: "r", models: [], tags: { "mlflow.log-model.history": "{" } })).toEqual([]);
});

test("a dataset is described by what MLflow wrote, and by nothing where that is something else", () => {
  const dataset = { name: "d", digest: "1", context: null, sourceType: "local" };
  expect(
    describeDataset({
      ...dataset,
      source: '{"uri": "s3://bucket/a.csv"}',
      schema: '{"mlflow_colspec": [{"name": "age", "type": "long"}, {"type": "double"}]}',
      profile: '{"num_rows": 1200}',
    }),
  ).toEqual({ size: "1,200 rows", columns: ["age"], source: "s3://bucket/a.csv" });
  expect(describeDataset({ ...dataset, source: "[1", schema: "null", profile: "{" })).toEqual({
    ...{ size: null, columns: [], source: "[1" },
  });
});
