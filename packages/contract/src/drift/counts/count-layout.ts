import type {
  CategoricalColumn,
  ColumnProfile,
  NumericColumn,
  ReferenceProfile,
} from "../profile/reference-profile.ts";

/**
 * Where a column's counters stand among those of its profile: from `first` its cells, of a categorical column the cell
 * of the tail as the last of them, then `unseen` and `missing`.
 */
export interface CountedColumn {
  readonly profile: ColumnProfile;
  readonly first: number;
  readonly unseen: number;
  readonly missing: number;
  /** Of a numeric column. */
  readonly bounds: Float64Array;
  /** Of a categorical column: the counter of each known value, in whatever type it comes. */
  readonly cells: ReadonlyMap<unknown, number> | undefined;
  /** Where a category that stands in no list is counted. */
  readonly unknown: number;
}

export interface CountLayout {
  readonly columns: readonly CountedColumn[];
  /** Index of the prediction among `columns`, the last one; −1 when it is not profiled. */
  readonly prediction: number;
  readonly byName: ReadonlyMap<string, number>;
  /** Of each column what is taken off a number, and what it is multiplied by, before it is added up; 0 of categories. */
  readonly scales: Float64Array;
  /** Of all counters. */
  readonly length: number;
}

/** How many numbers counts against this profile have: what they can be held against by who does not know the profile. */
export function countSizes(profile: ReferenceProfile): { readonly cells: number; readonly columns: number } {
  const { length, columns } = layoutOf(profile);
  return { cells: length, columns: columns.length };
}

const layouts = new WeakMap<ReferenceProfile, CountLayout>();

/** Made once for each profile object: windows come every few seconds. */
export function layoutOf(profile: ReferenceProfile): CountLayout {
  const known = layouts.get(profile);
  if (known) return known;
  let length = 0;
  const columns = [...profile.columns, ...(profile.prediction ? [profile.prediction] : [])].map((column) => {
    const counted = column.kind === "numeric" ? numeric(column, length) : categorical(column, length);
    length = counted.missing + 1;
    return counted;
  });
  const layout = {
    columns,
    prediction: profile.prediction ? columns.length - 1 : -1,
    byName: new Map(profile.columns.map(({ name }, index) => [name, index])),
    scales: Float64Array.from(columns.flatMap(({ profile: one }) => scaleOf(one))),
    length,
  };
  layouts.set(profile, layout);
  return layout;
}

const scaleOf = (column: ColumnProfile): number[] =>
  column.kind === "numeric" ? [column.center, 1 / column.unit] : [0, 0];

function numeric(profile: NumericColumn, first: number): CountedColumn {
  const unseen = first + profile.counts.length;
  const bounds = Float64Array.from(profile.bounds);
  const counters = { first, unseen, missing: unseen + 1, unknown: unseen };
  return { profile, ...counters, bounds, cells: undefined };
}

function categorical(profile: CategoricalColumn, first: number): CountedColumn {
  const other = first + profile.counts.length;
  const cells = new Map<unknown, number>();
  for (const category of profile.tail) for (const value of formsOf(category)) cells.set(value, other);
  for (const [index, category] of profile.categories.entries()) {
    for (const value of formsOf(category)) cells.set(value, first + index);
  }
  const counters = {
    first,
    unseen: other + 1,
    missing: other + 2,
    unknown: profile.isTailComplete ? other + 1 : other,
  };
  return { profile, ...counters, bounds: new Float64Array(0), cells };
}

/** A label is 1 in one place, "1" or 1n in the next: found without making a text of it for every row. */
function formsOf(category: string): unknown[] {
  if (category === "true" || category === "false") return [category, category === "true"];
  const number = category === "" ? Number.NaN : Number(category);
  if (String(number) !== category || !Number.isFinite(number)) return [category];
  return Number.isSafeInteger(number) ? [category, number, BigInt(number)] : [category, number];
}

/** The counter that a value adds to. Allocates nothing. */
export function counterOf(column: CountedColumn, value: unknown): number {
  if (value === undefined || value === null) return column.missing;
  if (column.cells) {
    const known = column.cells.get(value);
    if (known !== undefined) return known;
    return typeof value === "number" && !Number.isFinite(value) ? column.missing : column.unknown;
  }
  if (typeof value === "number") return numericCounterOf(column, value);
  return typeof value === "bigint" ? numericCounterOf(column, Number(value)) : column.unseen;
}

function numericCounterOf(column: CountedColumn, value: number): number {
  if (value - value !== 0) return column.missing;
  const { bounds } = column;
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (bounds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return column.first + low;
}
