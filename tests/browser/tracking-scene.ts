import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { clientOf, type TrackingClient } from "../../packages/server/src/rights/tracking-client.ts";
import type { TestPlatform } from "../support/platform.ts";

/*
 * What the pictures of tracking show: a project whose people log with MLflow, by the protocol as their clients would.
 */

export interface TrackingScene {
  readonly project: string;
  readonly model: string;
  /** A run that is over, with curves, folds, files and a model. */
  readonly run: string;
  /** Runs with curves of the same metrics, the best first. */
  readonly compared: readonly string[];
  readonly experiment: string;
}

const project = "arrivals";
const model = "arrival-delay";
const people = ["ada", "grace", "mary"] as const;
const families = ["boosted", "forest", "linear", "transformer"] as const;
const minute = 60_000;
const fixtures = join(import.meta.dirname, "..", "..", "packages", "server", "src", "gateway", "fixtures", "late-1");

/** Fills a project with runs of the last days; the same numbers each time. */
export async function fillTracking({ client, url, token }: TestPlatform): Promise<TrackingScene> {
  await client.createProject({ body: { name: project } });
  const tracking = clientOf(url, token, project);
  const nightly = await tracking.post("/experiments/create", { name: "nightly retraining" });
  const search = await tracking.post("/experiments/create", { name: "depth and learning rate" });
  const now = Date.now();
  const runs: string[] = [];
  for (let index = 0; index < 64; index += 1)
    runs.push(
      await logTrial(tracking, {
        experiment: index % 4 === 3 ? nightly.experiment_id : search.experiment_id,
        index,
        began: now - (64 - index) * 43 * minute,
      }),
    );
  const experiment: string = search.experiment_id;
  const compared = await Promise.all([0, 1, 2, 3, 4].map((index) => logTraining(tracking, { experiment, index, now })));
  const run = compared[0] ?? "";
  await logFolds(tracking, experiment, run, now);
  await logFiles(tracking, run);
  for (const [index, source] of compared.slice(0, 3).reverse().entries()) await registerModel(tracking, source, index);
  return { project, model, run, compared, experiment };
}

interface Trial {
  readonly experiment: string;
  readonly index: number;
  readonly began: number;
}

/** Between 0 and 1, the same for the same numbers. */
function noise(index: number, of: number): number {
  const mixed = Math.sin(index * 12.9898 + of * 78.233) * 43_758.5453;
  return mixed - Math.floor(mixed);
}

/** One of many: params, last values, and a duration. */
async function logTrial(tracking: TrackingClient, { experiment, index, began }: Trial): Promise<string> {
  const family = families[index % families.length] ?? "linear";
  const depth = 3 + (index % 7);
  const rate = [0.3, 0.1, 0.03, 0.01][index % 4] ?? 0.1;
  const auc = 0.69 + 0.012 * depth + 0.02 * (3 - (index % 4)) + noise(index, 3) / 30;
  const run = await tracking.run({
    ...{ experiment_id: experiment, run_name: `${family}-${String(index).padStart(2, "0")}`, start_time: began },
    tags: [
      { key: "mlflow.user", value: people[index % people.length] ?? "ada" },
      { key: "team", value: index % 3 === 0 ? "operations" : "research" },
    ],
  });
  const metric = (key: string, value: number) => ({ key, value, step: 0, timestamp: began + minute });
  await tracking.post("/runs/log-batch", {
    run_id: run,
    params: [
      { key: "model", value: family },
      { key: "depth", value: String(depth) },
      { key: "learning_rate", value: String(rate) },
      { key: "min_samples_leaf", value: String(5 + (index % 5) * 10) },
    ],
    metrics: [
      metric("roc_auc", auc),
      metric("log_loss", 0.9 - auc / 2 + noise(index, 5) / 50),
      metric("f1", auc - 0.09 + noise(index, 7) / 40),
      metric("train_seconds", 40 + depth * 22 + noise(index, 11) * 60),
    ],
  });
  const status = index % 17 === 5 ? "FAILED" : index === 63 ? undefined : "FINISHED";
  if (status) {
    const end = began + Math.round((2 + depth * 1.7 + noise(index, 2) * 9) * minute);
    await tracking.post("/runs/update", { run_id: run, status, end_time: end });
  }
  return run;
}

const steps = 400;

/** A long training: curves of losses and of the machine. */
async function logTraining(tracking: TrackingClient, options: { experiment: string; index: number; now: number }) {
  const { experiment, index, now } = options;
  const began = now - (80 - index * 11) * minute;
  const names = [
    "wide transformer",
    "wide transformer, half the rate",
    "small transformer",
    "boosted 900",
    "boosted 300",
  ];
  const run = await tracking.run({
    ...{ experiment_id: experiment, run_name: names[index] ?? "trial", start_time: began },
    tags: Object.entries({
      "mlflow.user": people[index % people.length] ?? "ada",
      "mlflow.source.name": "notebooks/train.ipynb",
      "mlflow.source.type": "NOTEBOOK",
      "mlflow.source.git.commit": "8d1f3a0c5e7b9d2f4a6c8e0b1d3f5a7c9e1b3d5f",
      ...(index === 0
        ? {
            "mlflow.note.content":
              "Twice as wide as **last week**, same data.\n\n- warm-up of 40 steps\n- `late` is the target",
          }
        : {}),
      team: "research",
    }).map(([key, value]) => ({ key, value })),
  });
  const params = {
    ...{ model: index < 3 ? "transformer" : "boosted", depth: String(6 + index), batch_size: "512", seed: "7" },
    ...{ learning_rate: ["0.003", "0.0015", "0.003", "0.1", "0.3"][index] ?? "0.1", optimizer: "adamw", width: "256" },
    ...{ min_samples_leaf: String(5 + index * 10), features: "distance, carrier, dep_hour, dep_delay_7d, weather" },
  };
  await tracking.post("/runs/log-batch", {
    run_id: run,
    params: Object.entries(params).map(([key, value]) => ({ key, value })),
  });
  for (let from = 0; from < steps; from += 100) {
    const metrics = Array.from({ length: 100 }, (_, step) => pointsAt(from + step, index, began)).flat();
    await tracking.post("/runs/log-batch", { run_id: run, metrics });
  }
  await tracking.post("/runs/log-inputs", {
    run_id: run,
    datasets: [
      {
        tags: [{ key: "mlflow.data.context", value: "training" }],
        dataset: {
          ...{ name: "flights-2024", digest: "9f3a1c2b", source_type: "local" },
          source: '{"uri": "data/flights-2024.parquet"}',
          schema: '{"mlflow_colspec": [{"type": "double", "name": "distance"}, {"type": "string", "name": "carrier"}]}',
          profile: '{"num_rows": 402131}',
        },
      },
    ],
  });
  const end_time = began + Math.round((26 + index * 3.3) * minute);
  await tracking.post("/runs/update", { run_id: run, status: "FINISHED", end_time });
  return run;
}

function pointsAt(step: number, index: number, began: number) {
  const shake = noise(step * 13 + index, 17) - 0.5;
  const fall = 1.6 * Math.exp(-step / (60 + index * 26));
  const rise = 1 - Math.exp(-step / (50 + index * 20));
  const values = {
    "train/loss": 0.21 + index * 0.03 + fall + shake * 0.07,
    "validation/loss": 0.29 + index * 0.034 + fall * 1.05 + shake * 0.1 + step * 0.00006 * index,
    "validation/roc_auc": 0.5 + (0.36 - index * 0.018) * rise + shake * 0.012,
    roc_auc: 0.5 + (0.37 - index * 0.018) * rise + shake * 0.01,
    learning_rate: 0.003 * Math.min(1, step / 40) * (0.5 + 0.5 * Math.cos((Math.PI * step) / steps)),
    "system/cpu_utilization_percentage": 62 + shake * 40 + 8 * Math.sin(step / 20),
    "system/system_memory_usage_megabytes": 5200 + step * 2.4 + shake * 150,
    "system/gpu_0_utilization_percentage": Math.min(100, 88 + shake * 30),
  };
  const timestamp = began + step * 3900;
  return Object.entries(values).map(([key, value]) => ({ key, value, step, timestamp }));
}

async function logFolds(tracking: TrackingClient, experiment: string, parent: string, now: number): Promise<void> {
  for (const fold of [1, 2, 3, 4, 5]) {
    const began = now - (80 - fold * 5) * minute;
    const run = await tracking.run({
      ...{ experiment_id: experiment, run_name: `fold ${fold}`, start_time: began },
      tags: [
        { key: "mlflow.parentRunId", value: parent },
        { key: "mlflow.user", value: "ada" },
      ],
    });
    const metrics = [{ key: "roc_auc", value: 0.851 + noise(fold, 9) / 40, step: 0, timestamp: began }];
    await tracking.post("/runs/log-batch", { run_id: run, metrics });
    await tracking.post("/runs/update", { run_id: run, status: "FINISHED", end_time: began + 4.6 * minute });
  }
}

async function logFiles(tracking: TrackingClient, run: string): Promise<void> {
  const errors = Array.from({ length: 40 }, (_, row) => {
    const carrier = ["UA", "DL", "AA", "WN"][row % 4];
    return `${carrier} ${100 + row * 7},${carrier},${(noise(row, 5) * 60 - 12).toFixed(1)},${noise(row, 3).toFixed(3)}`;
  });
  await tracking.upload(run, "tables/errors.csv", `flight,carrier,delay,predicted\n${errors.join("\n")}\n`);
  await tracking.upload(run, "config.yaml", "model: transformer\nwidth: 256\nwarm_up: 40\n");
  await tracking.upload(run, "notes.md", "# Notes\n\nTwice as wide, *same* data.\n");
}

/** A version of the model from what the run logged; the newest is the challenger of the one before. */
async function registerModel(tracking: TrackingClient, run: string, index: number): Promise<void> {
  const { model: logged } = await tracking.post("/logged-models", {
    ...{ experiment_id: "0", name: model, source_run_id: run, model_type: "onnx" },
  });
  const id: string = logged.info.model_id;
  for (const file of ["MLmodel", "model.onnx", "input_example.json"])
    await tracking.upload(id, file, await readFile(join(fixtures, file)));
  await tracking.patch(`/logged-models/${id}`, { model_id: id, status: "LOGGED_MODEL_READY" });
  await tracking.post("/runs/outputs", { run_id: run, models: [{ model_id: id, step: "0" }] });
  if (index === 0) await tracking.post("/registered-models/create", { name: model });
  const { model_version: made } = await tracking.post("/model-versions/create", {
    ...{ name: model, source: `models:/${id}`, run_id: run, model_id: id },
  });
  const aliases = ["baseline", "champion", "challenger"];
  await tracking.post("/registered-models/alias", { name: model, alias: aliases[index], version: made.version });
}
