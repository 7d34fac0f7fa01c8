import { createHash } from "node:crypto";
import { seededRandom } from "../../tests/support/supervise.ts";

/*
 * What is logged, the same for every server: numbers come from a seed, and times are given. The keys are those of the runs
 * that are loaded by SQL, so that one list of searches fits both.
 */
export const startTime = Date.UTC(2026, 0, 1);

interface Pair {
  readonly key: string;
  readonly value: string;
}

export interface RunData {
  readonly name: string;
  readonly userName: string;
  readonly startTime: number;
  readonly tags: readonly Pair[];
  readonly params: readonly Pair[];
  readonly metrics: {
    readonly key: string;
    readonly value: number;
    readonly timestamp: number;
    readonly step: number;
  }[];
}

const metricKeys = ["accuracy", "auc", "epoch_seconds", "f1", "precision", "recall", "val_accuracy", "val_loss"];
const models = ["linear", "random-forest", "boosted-trees", "mlp", "resnet", "transformer", "svm", "knn"];
const optimizers = ["adam", "adamw", "sgd", "lion", "rmsprop"];
const teams = ["vision", "text", "pricing", "fraud", "search"];

/** The number of the first of so many runs: among them are those that searches ask for by name. */
export const firstNumber = (runs: number): number => 4720 - Math.min(runs, 720);

/** A run with 10 metrics, 10 params and 5 tags, one of them its name. They begin three quarters of an hour apart. */
export function runData(number: number): RunData {
  const random = seededRandom(number + 1);
  const at = startTime + (number - 4000) * 45 * 60_000;
  const of = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? "";
  const below = (limit: number) => String(Math.floor(random() * limit));
  const pairs = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => ({ key, value }));
  const userName = `user-${number % 20}`;
  const values = {
    ...Object.fromEntries(metricKeys.map((key) => [key, random()])),
    loss: 10 * random(),
    best_step: Math.floor(100 * random()),
  };
  return {
    name: `run-${number}`,
    userName,
    startTime: at,
    tags: pairs({
      "mlflow.user": userName,
      "mlflow.source.name": `train_${number % 30}.py`,
      ticket: `T-${number % 1000}`,
      team: of(teams),
    }),
    params: pairs({
      ...{ batch_size: String(16 * (1 + (number % 6))), depth: below(10), dropout: random().toFixed(2) },
      data_version: new Date(startTime + (number % 300) * 86_400_000).toISOString().slice(0, 10),
      ...{ hidden: String(64 * (1 + (number % 8))), lr: random().toFixed(5), model: of(models) },
      ...{ optimizer: of(optimizers), scheduler: of(["none", "cosine", "step"]) },
      seed: number % 100 === 0 ? "4217" : below(65_536),
    }),
    metrics: Object.entries(values).map(([key, value]) => ({
      ...{ key, value: Number(value.toFixed(6)), timestamp: at + 40_000, step: 100 },
    })),
  };
}

/** What a client logs of the data that a run read; each fifth run did. */
export function datasetOf(number: number): object {
  const set = number % 10 === 0 ? 17 : Math.floor(number / 23) % 100;
  return {
    tags: [{ key: "mlflow.data.context", value: number % 3 === 0 ? "eval" : "train" }],
    dataset: {
      name: `flights-${set}`,
      digest: createHash("md5").update(String(set)).digest("hex").slice(0, 8),
      ...{ source_type: "local", source: "{}" },
    },
  };
}

/** A batch of so many points over ten keys, at steps that no other batch of the run has. */
export function pointBatch(number: number, size: number): RunData["metrics"] {
  const random = seededRandom(number + 1);
  const steps = size / 10;
  return Array.from({ length: size }, (_, index) => {
    const step = number * steps + Math.floor(index / 10);
    return { key: `curve_${index % 10}`, value: random(), timestamp: startTime + step, step };
  });
}

/** A batch of so many keys, each with one point, as of a training that logs something about each of its layers. */
export const keyBatch = (number: number, size: number): RunData["metrics"] => {
  const random = seededRandom(number + 1);
  return Array.from({ length: size }, (_, index) => ({
    ...{ key: `layer_${index}`, value: random(), timestamp: startTime + number, step: number },
  }));
};

/** Points of one curve, in batches as clients send them; one of them is no number and one is infinite. */
export function curve(points: number): RunData["metrics"][] {
  const random = seededRandom(7);
  const values = Array.from({ length: points }, (_, step): number | string =>
    step === 11 ? "NaN" : step === 12 ? "Infinity" : Number((Math.exp(-step / points) + random() / 10).toFixed(6)),
  );
  const all = values.map((value, step) => ({ key: "loss", value: value as number, timestamp: startTime + step, step }));
  return Array.from({ length: Math.ceil(points / 1000) }, (_, batch) => all.slice(batch * 1000, batch * 1000 + 1000));
}
