import { binNumbers } from "./bin-numbers.ts";
import { type Moments, RunningMoments, standardDeviation } from "./moments.ts";
import { minimumRows, type NumericColumn, type ProfileFlag } from "./reference-profile.ts";
import { Reservoir } from "./reservoir.ts";

/** Takes a column of numbers in; what is no finite number counts as missing. */
export class NumericColumnBuilder {
  readonly #name: string;
  readonly #reservoir: Reservoir;
  readonly #moments = new RunningMoments();
  #rows = 0;

  constructor(name: string, exactRows: number) {
    this.#name = name;
    this.#reservoir = new Reservoir(exactRows);
  }

  add(value: unknown): void {
    this.#rows += 1;
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isFinite(number)) return;
    this.#moments.add(number);
    this.#reservoir.add(number);
  }

  build(): NumericColumn {
    return numericColumn({
      name: this.#name,
      rows: this.#rows,
      moments: this.#moments.take() ?? null,
      ascending: this.#reservoir.ascending(),
      isSample: this.#reservoir.isSample,
    });
  }
}

/** What is known of a column of numbers: all its values or some of them, ascending, and the moments of all. */
export interface NumericFacts {
  readonly name: string;
  readonly rows: number;
  readonly moments: Moments | null;
  readonly ascending: Float64Array;
  readonly isSample?: boolean;
}

export function numericColumn({ name, rows, moments, ascending, isSample = false }: NumericFacts): NumericColumn {
  const missing = rows - (moments?.count ?? 0);
  const common = { kind: "numeric", name, rows, missing, moments } as const;
  if (moments === null) {
    return { ...common, center: 0, unit: 1, bounds: [], points: [], counts: [0], flags: ["all-missing"] };
  }
  const flags: ProfileFlag[] = [];
  if (moments.count < minimumRows) flags.push("too-few-rows");
  if (moments.min === moments.max) flags.push("constant");
  if (isSample) flags.push("sampled");
  const unit = moments.min === moments.max ? Math.abs(moments.mean) || 1 : standardDeviation(moments);
  return { ...common, center: moments.mean, unit: unit || 1, ...binNumbers(ascending, moments), flags };
}
