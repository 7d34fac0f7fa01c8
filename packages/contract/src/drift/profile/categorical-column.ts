import { type CategoricalColumn, minimumRows, type ProfileFlag } from "./reference-profile.ts";

const keptCategories = 200;
const keptTail = 1000;
const countedCategories = 20_000;
const longestCategory = 200;

/** The text by which a value is known; undefined for what is missing or no plain value. */
function categoryOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  return typeof value === "number" && Number.isFinite(value) ? String(value) : undefined;
}

/**
 * Takes a column of texts, labels or booleans in. Counts the first 20,000 different categories; later and very long
 * ones share one count, so that no column of free text fills the memory.
 */
export class CategoricalColumnBuilder {
  readonly #name: string;
  readonly #kind: CategoricalColumn["kind"];
  readonly #counts = new Map<string, number>();
  #rows = 0;
  #missing = 0;
  #uncounted = 0;

  constructor(name: string, kind: CategoricalColumn["kind"]) {
    this.#name = name;
    this.#kind = kind;
  }

  add(value: unknown): void {
    this.#rows += 1;
    const category = categoryOf(value);
    if (category === undefined) {
      this.#missing += 1;
      return;
    }
    const before = this.#counts.get(category);
    if (before !== undefined) this.#counts.set(category, before + 1);
    else if (this.#counts.size < countedCategories && category.length <= longestCategory) this.#counts.set(category, 1);
    else this.#uncounted += 1;
  }

  build(): CategoricalColumn {
    return categoricalColumn({
      name: this.#name,
      kind: this.#kind,
      rows: this.#rows,
      missing: this.#missing,
      counts: [...this.#counts],
      uncounted: this.#uncounted,
    });
  }
}

export interface CategoricalFacts {
  readonly name: string;
  readonly kind: CategoricalColumn["kind"];
  readonly rows: number;
  readonly missing: number;
  /** Each category once, in any order. */
  readonly counts: readonly (readonly [category: string, rows: number])[];
  /** Rows whose categories are not among `counts`. */
  readonly uncounted?: number;
}

export function categoricalColumn({ uncounted = 0, counts, ...common }: CategoricalFacts): CategoricalColumn {
  const present = common.rows - common.missing;
  const all = common.kind === "boolean" ? withBoth(counts) : counts;
  const flags = flagsOf(present, counts.length, uncounted);
  if (flags.includes("many-distinct")) {
    const nothing = { categories: [], counts: [], tail: [], singletons: 0, pairs: 0 };
    return { ...common, ...nothing, other: present, isTailComplete: false, flags };
  }
  // by frequency, then by text: the same rows in any order give the same profile
  const sorted = all.toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  const categories = sorted.slice(0, keptCategories);
  const tail = sorted.slice(keptCategories, keptCategories + keptTail);
  return {
    ...common,
    categories: categories.map(([category]) => category),
    counts: categories.map(([, rows]) => rows),
    tail: tail.map(([category]) => category),
    other: present - categories.reduce((sum, [, rows]) => sum + rows, 0),
    isTailComplete: uncounted === 0 && sorted.length <= keptCategories + keptTail,
    singletons: sorted.filter(([, rows]) => rows === 1).length,
    pairs: sorted.filter(([, rows]) => rows === 2).length,
    flags,
  };
}

const withBoth = (counts: CategoricalFacts["counts"]): CategoricalFacts["counts"] => [
  ...new Map<string, number>([["false", 0], ["true", 0], ...counts]),
];

/** Half of the rows with a category of their own is an id or a text, which nothing can be compared with. */
function flagsOf(present: number, distinct: number, uncounted: number): ProfileFlag[] {
  if (present === 0) return ["all-missing"];
  const flags: ProfileFlag[] = [];
  if (present < minimumRows) flags.push("too-few-rows");
  if (distinct === 1 && uncounted === 0) flags.push("constant");
  if (distinct + uncounted > 50 && distinct + uncounted > present / 2) flags.push("many-distinct");
  return flags;
}
