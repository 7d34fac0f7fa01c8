import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";

const page = await readFile(join(import.meta.dirname, "../../../../../docs/mlflow.md"), "utf8");
const filters = [...page.matchAll(/^```filter\n(.*?)^```$/gms)].flatMap(([, block = ""]) => block.trim().split("\n"));

let house: MlflowHouse;
let experiment: string;
let run: string;
beforeAll(async () => {
  house = await createMlflowHouse();
  experiment = await house.newExperiment("searched");
  await house.newRun(experiment, { run_name: "other" });
  run = await house.newRun(experiment, { run_name: "deep forest", tags: [{ key: "mlflow.user", value: "ada" }] });
  const metrics = [0.93, 0.5].map((value, index) => ({ key: index ? "val auc" : "auc", value, timestamp: 1 }));
  const params = [
    { key: "depth", value: "12" },
    { key: "learning rate", value: "0.1" },
  ];
  await house.post("/runs/log-batch", { run_id: run, metrics, params });
  const dataset = { name: "tumours", digest: "d", source_type: "local", source: "{}" };
  const tags = [{ key: "mlflow.data.context", value: "train" }];
  await house.post("/runs/log-inputs", { run_id: run, datasets: [{ dataset, tags }] });
});
afterAll(() => house.close());

test("the docs have examples", () => {
  expect(filters.length).toBeGreaterThan(8);
});

test.each(filters)("the docs' %s finds the docs' run", async (filter) => {
  const { body } = await house.post("/runs/search", { experiment_ids: [experiment], filter });
  expect(body.runs.map(({ info }: { info: { run_id: string } }) => info.run_id)).toContain(run);
});
