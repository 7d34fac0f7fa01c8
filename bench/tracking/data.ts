import { seededRandom } from "../../tests/support/supervise.ts";

/*
 * What is logged, the same for every server: numbers come from a seed, and times are given.
 */
export const startTime = Date.UTC(2026, 0, 1);

export interface RunData {
  readonly name: string;
  readonly startTime: number;
  readonly tags: { readonly key: string; readonly value: string }[];
  readonly params: { readonly key: string; readonly value: string }[];
  readonly metrics: {
    readonly key: string;
    readonly value: number;
    readonly timestamp: number;
    readonly step: number;
  }[];
}

const models = ["linear", "forest", "boosting", "network"];
const stages = ["draft", "candidate", "final"];

/** A run with 10 metrics, 10 params and 5 tags, one of them its name. */
export function runData(number: number): RunData {
  const random = seededRandom(number + 1);
  const at = startTime + number * 1000;
  const of = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? "";
  return {
    name: `run-${number}`,
    startTime: at,
    tags: [
      { key: "model", value: of(models) },
      { key: "stage", value: of(stages) },
      { key: "owner", value: `person-${number % 17}` },
      { key: "note", value: `looked at ${number} times, most of them in the morning` },
    ],
    params: Array.from({ length: 10 }, (_, index) => ({
      key: `param_${index}`,
      value: index === 0 ? of(models) : index === 1 ? String(number % 32) : random().toFixed(4),
    })),
    metrics: Array.from({ length: 10 }, (_, index) => ({
      key: `metric_${index}`,
      value: Number(random().toFixed(6)),
      timestamp: at,
      step: index,
    })),
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

/** Points of one curve, in batches as clients send them; one of them is no number and one is infinite. */
export function curve(points: number): RunData["metrics"][] {
  const random = seededRandom(7);
  const values = Array.from({ length: points }, (_, step): number | string =>
    step === 11 ? "NaN" : step === 12 ? "Infinity" : Number((Math.exp(-step / points) + random() / 10).toFixed(6)),
  );
  const all = values.map((value, step) => ({ key: "loss", value: value as number, timestamp: startTime + step, step }));
  return Array.from({ length: Math.ceil(points / 1000) }, (_, batch) => all.slice(batch * 1000, batch * 1000 + 1000));
}
