import { z } from "zod";
import type { ReferenceProfile } from "../profile/reference-profile.ts";
import { type ColumnCounts, type CountedWindow, columnCounts } from "./column-counts.ts";
import { type CountedColumn, type CountLayout, counterOf, layoutOf } from "./count-layout.ts";

const whole = z.number().int();
const natural = whole.nonnegative();

/** Counts on their way: flat lists in the order of the profile's columns, the prediction last. */
export const windowCountsSchema = z.strictObject({
  version: z.literal(1),
  profile: z.string().max(100),
  rows: natural,
  cells: z.array(natural).max(3_000_000),
  /** Sum and sum of squares of each column by turns, in steps of its unit. */
  sums: z.array(z.number()).max(4002),
  /** Smallest and largest value of each column by turns; null where there was none. */
  ranges: z.array(z.number().nullable()).max(4002),
});
export type WindowCountsJson = z.infer<typeof windowCountsSchema>;

/** Means are kept as whole numbers of 2⁻²⁰ units, so that adding them up gives the same in any order. */
const sumSteps = 2 ** 20;
const squareSteps = 2 ** 10;
/** A value further out counts as this many units in means, though not in cells: one absurd value moves no mean to infinity. */
const furthest = 64;

/**
 * Counts rows of traffic in the cells of a reference profile. Every counter is a whole number that only grows: windows
 * of other processes and times add up, in any order, to the same bits as counting all rows in one place. Memory is
 * some 20 numbers a numeric column, whatever the traffic; observing a value allocates nothing.
 */
export class WindowCounts implements CountedWindow {
  readonly profile: ReferenceProfile;
  #rows = 0;
  readonly #layout: CountLayout;
  readonly #cells: Float64Array;
  /** Of each column the sum and the sum of squares. */
  readonly #sums: Float64Array;
  /** Of each column the smallest and the largest value. */
  readonly #ranges: Float64Array;

  constructor(profile: ReferenceProfile) {
    this.profile = profile;
    this.#layout = layoutOf(profile);
    const { columns, length } = this.#layout;
    this.#cells = new Float64Array(length);
    this.#sums = new Float64Array(columns.length * 2);
    this.#ranges = Float64Array.from({ length: columns.length * 2 }, (_, at) => (at % 2 ? -Infinity : Infinity));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Counts one row of named features. A name that is not there is a missing value; others are passed over. */
  observe(row: Readonly<Record<string, unknown>>, prediction?: unknown): void {
    const { columns, prediction: last } = this.#layout;
    const features = last < 0 ? columns.length : last;
    for (let index = 0; index < features; index += 1) {
      const column = columns[index] as CountedColumn;
      this.#observe(index, column, row[column.profile.name]);
    }
    if (last >= 0) this.#observe(last, columns[last] as CountedColumn, prediction);
    this.#rows += 1;
  }

  /** The same for values in the order of the profile's columns. */
  observeValues(values: ArrayLike<unknown>, prediction?: unknown): void {
    const { columns, prediction: last } = this.#layout;
    const features = last < 0 ? columns.length : last;
    for (let index = 0; index < features; index += 1) {
      this.#observe(index, columns[index] as CountedColumn, values[index]);
    }
    if (last >= 0) this.#observe(last, columns[last] as CountedColumn, prediction);
    this.#rows += 1;
  }

  #observe(index: number, column: CountedColumn, value: unknown): void {
    const cells = this.#cells;
    const counter = counterOf(column, value);
    cells[counter] = (cells[counter] as number) + 1;
    if (column.cells !== undefined || counter >= column.unseen) return;
    if (typeof value === "number") this.#addNumber(index * 2, value);
    else this.#addNumber(index * 2, Number(value));
  }

  #addNumber(at: number, value: number): void {
    const scales = this.#layout.scales;
    const sums = this.#sums;
    const ranges = this.#ranges;
    let units = (value - (scales[at] as number)) * (scales[at + 1] as number);
    if (units > furthest) units = furthest;
    else if (units < -furthest) units = -furthest;
    const coarse = Math.round(units * squareSteps);
    sums[at] = (sums[at] as number) + Math.round(units * sumSteps);
    sums[at + 1] = (sums[at + 1] as number) + coarse * coarse;
    if (value < (ranges[at] as number)) ranges[at] = value;
    if (value > (ranges[at + 1] as number)) ranges[at + 1] = value;
  }

  /** Adds another window's counts to these. Throws when they were counted against another profile. */
  add(other: WindowCounts): void {
    if (other.profile.id !== this.profile.id) {
      throw new Error(`counts against profile ${other.profile.id} do not add up with those against ${this.profile.id}`);
    }
    this.#rows += other.#rows;
    addTo(this.#cells, other.#cells);
    addTo(this.#sums, other.#sums);
    for (const [at, value] of other.#ranges.entries()) {
      const mine = this.#ranges[at] as number;
      this.#ranges[at] = at % 2 ? Math.max(mine, value) : Math.min(mine, value);
    }
  }

  column(name: string): ColumnCounts | undefined {
    const index = this.#layout.byName.get(name);
    return index === undefined ? undefined : this.#column(index);
  }

  prediction(): ColumnCounts | undefined {
    return this.#layout.prediction < 0 ? undefined : this.#column(this.#layout.prediction);
  }

  #column(index: number): ColumnCounts {
    const { profile, first, unseen, missing } = this.#layout.columns[index] as CountedColumn;
    const bins = [...this.#cells.subarray(first, unseen)];
    const tail = { unseen: this.#cells[unseen] as number, missing: this.#cells[missing] as number };
    if (profile.kind !== "numeric") return columnCounts(bins, tail);
    const present = bins.reduce((sum, count) => sum + count, 0);
    const mean = (this.#sums[2 * index] as number) / sumSteps / present;
    const variance = (this.#sums[2 * index + 1] as number) / squareSteps ** 2 / present - mean * mean;
    const { center, unit } = profile;
    return columnCounts(bins, tail, {
      mean: center + mean * unit,
      deviation: Math.sqrt(Math.max(0, variance)) * unit,
      min: this.#ranges[2 * index] as number,
      max: this.#ranges[2 * index + 1] as number,
    });
  }

  toJSON(): WindowCountsJson {
    return {
      version: 1,
      profile: this.profile.id,
      rows: this.#rows,
      cells: [...this.#cells],
      sums: [...this.#sums],
      ranges: Array.from(this.#ranges, (value) => (Number.isFinite(value) ? value : null)),
    };
  }

  /** Reads what `toJSON` wrote, from anybody: says in a sentence what does not fit the profile. */
  static read(profile: ReferenceProfile, json: unknown): { counts: WindowCounts } | { problem: string } {
    const parsed = windowCountsSchema.safeParse(json);
    if (!parsed.success) return { problem: z.prettifyError(parsed.error) };
    const { data } = parsed;
    if (data.profile !== profile.id) {
      return { problem: `counted against profile ${data.profile}, expected ${profile.id}` };
    }
    const counts = new WindowCounts(profile);
    const parts = [
      ["cells", counts.#cells],
      ["sums", counts.#sums],
      ["ranges", counts.#ranges],
    ] as const;
    for (const [name, array] of parts) {
      const { length } = data[name];
      if (length !== array.length) return { problem: `${name}: expected ${array.length} numbers, found ${length}` };
      for (const [at, value] of data[name].entries()) if (value !== null) array[at] = value;
    }
    counts.#rows = data.rows;
    return { counts };
  }
}

function addTo(mine: Float64Array, other: Float64Array): void {
  for (let at = 0; at < mine.length; at += 1) mine[at] = (mine[at] as number) + (other[at] as number);
}
