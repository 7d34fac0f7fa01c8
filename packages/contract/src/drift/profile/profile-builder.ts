import { fingerprint } from "../math/fingerprint.ts";
import { CategoricalColumnBuilder } from "./categorical-column.ts";
import { NumericColumnBuilder } from "./numeric-column.ts";
import type { ColumnProfile, ReferenceProfile } from "./reference-profile.ts";

export interface ColumnDeclaration {
  readonly name: string;
  readonly kind: ColumnProfile["kind"];
}

export interface ProfileOptions {
  /** Numbers kept of each numeric column; beyond that the cells come from a sample of so many. */
  readonly exactRows?: number;
  /** What the model's answers are; left out when they are unknown. */
  readonly prediction?: ColumnProfile["kind"];
}

/**
 * Makes a reference profile of a stream of rows. Memory is bounded by `exactRows` × 8 bytes for each numeric column.
 * The same rows in the same order give the same profile, bit for bit.
 */
export class ProfileBuilder {
  readonly #columns: readonly { name: string; builder: ColumnBuilder }[];
  readonly #prediction: ColumnBuilder | undefined;
  #rows = 0;

  constructor(columns: readonly ColumnDeclaration[], { exactRows = 200_000, prediction }: ProfileOptions = {}) {
    this.#columns = columns.map(({ name, kind }) => ({ name, builder: columnBuilder(name, kind, exactRows) }));
    this.#prediction = prediction && columnBuilder("prediction", prediction, exactRows);
  }

  add(row: Readonly<Record<string, unknown>>, prediction?: unknown): void {
    this.#rows += 1;
    for (const { name, builder } of this.#columns) builder.add(row[name]);
    this.#prediction?.add(prediction);
  }

  build(): ReferenceProfile {
    const columns = this.#columns.map(({ builder }) => builder.build());
    return referenceProfile({ rows: this.#rows, columns, prediction: this.#prediction?.build() ?? null });
  }
}

interface ColumnBuilder {
  add(value: unknown): void;
  build(): ColumnProfile;
}

const columnBuilder = (name: string, kind: ColumnProfile["kind"], exactRows: number): ColumnBuilder =>
  kind === "numeric" ? new NumericColumnBuilder(name, exactRows) : new CategoricalColumnBuilder(name, kind);

/** Puts columns together, whoever made them, under an id of their content. */
export function referenceProfile({
  rows,
  columns,
  prediction,
}: Pick<ReferenceProfile, "rows" | "columns" | "prediction">): ReferenceProfile {
  const content = { rows, columns, prediction };
  return { version: 1, id: fingerprint(JSON.stringify(content)), ...content };
}
