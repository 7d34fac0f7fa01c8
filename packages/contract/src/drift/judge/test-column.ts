import { type ColumnCounts, referenceCounts } from "../counts/column-counts.ts";
import { count, percent } from "../math/format.ts";
import type { ColumnProfile } from "../profile/reference-profile.ts";
import { type ColumnComparison, compareColumn } from "../statistics/compare-column.ts";
import { fisherExact } from "../statistics/fisher-exact.ts";
import { describeShift } from "./describe-shift.ts";
import type { DriftPolicy } from "./drift-policy.ts";

/** What can be found wrong with a column, the most telling first. */
export const findingKinds = ["all-missing", "missing-values", "unseen-values", "drift"] as const;
export type FindingKind = (typeof findingKinds)[number];

/** One question asked of a column. Whether its p-value is small enough depends on the other questions of the window. */
export interface ColumnTest {
  readonly finding: FindingKind;
  readonly effect: number;
  readonly threshold: number;
  readonly p: number;
  /** False: the effect is one that chance alone gives for so few rows. */
  readonly isBeyondChance: boolean;
  /** Worded when somebody asks: most tests find nothing. */
  readonly sentence: () => string;
}

/** Why the values of a column were not compared. */
export interface Obstacle {
  readonly status: "too-few-rows" | "constant-reference" | "no-reference" | "ignored";
  readonly reason: string;
}

export interface ColumnEvidence {
  readonly rows: number;
  readonly missingRate: number | null;
  readonly unseenRate: number | null;
  /** Null: not compared, or nearly all values lie in one cell, in the reference as in the window. */
  readonly comparison: ColumnComparison | null;
  readonly tests: readonly ColumnTest[];
  readonly obstacle: Obstacle | null;
}

/** Nothing is asked of the column, so that it weighs on no other either. */
export const ignoredColumn = (window: ColumnCounts): ColumnEvidence => ({
  ...measured(window, window.unseen),
  obstacle: { status: "ignored", reason: "the project ignores this column" },
});

/** Asks a column of a window for missing values, for values the reference never had, and whether the others have shifted. */
export function testColumn(column: ColumnProfile, window: ColumnCounts, policy: DriftPolicy): ColumnEvidence {
  const unseen = unseenRows(column, window);
  const evidence = measured(window, unseen);
  const { rows } = evidence;
  const problem = referenceProblem(column);
  if (problem) return { ...evidence, obstacle: { status: "no-reference", reason: problem } };
  if (rows < policy.minRows) {
    const reason = `${count(rows)} of the ${count(policy.minRows)} rows that a comparison needs`;
    return { ...evidence, obstacle: { status: "too-few-rows", reason } };
  }
  const tests = [testMissing(column, window, policy)];
  const needed = Math.ceil(policy.minRows / 2);
  if (window.present < needed) {
    const reason = `${count(window.present)} values in ${count(rows)} rows, a comparison needs ${count(needed)}`;
    return { ...evidence, tests, obstacle: { status: "too-few-rows", reason } };
  }
  if (column.kind === "numeric" || column.isTailComplete) tests.push(testUnseen(column, window, unseen, policy));

  const comparison = compareColumn(column, referenceCounts(column), window, { confidence: policy.confidence });
  if (!comparison) {
    const reason = `the reference has one single value, and so have all but a few of ${count(window.present)} rows`;
    const isConstant = column.flags.includes("constant");
    return { ...evidence, tests, obstacle: isConstant ? { status: "constant-reference", reason } : null };
  }
  tests.push({
    finding: "drift",
    effect: comparison.effect,
    threshold: policy.psi,
    p: comparison.chiSquare.p,
    isBeyondChance: comparison.psi > comparison.chancePsi,
    sentence: () => describeShift(column, window, comparison, policy),
  });
  return { ...evidence, comparison, tests, obstacle: null };
}

function measured({ present, missing }: ColumnCounts, unseen: number): Omit<ColumnEvidence, "obstacle"> {
  const rows = present + missing;
  return {
    rows,
    missingRate: rows === 0 ? null : missing / rows,
    unseenRate: present === 0 ? null : unseen / present,
    comparison: null,
    tests: [],
  };
}

function referenceProblem({ flags, rows, missing }: ColumnProfile): string | undefined {
  if (flags.includes("no-reference")) return "no reference is known for this column";
  if (flags.includes("all-missing")) return "the reference has not one value of this column";
  if (flags.includes("many-distinct"))
    return "nearly every row of the reference has a value of its own, so nothing repeats";
  if (flags.includes("too-few-rows")) return `the reference has only ${count(rows - missing)} values of this column`;
  return undefined;
}

/** Values beyond the reference's range or between its points, and those that no cell is for. */
function unseenRows(column: ColumnProfile, window: ColumnCounts): number {
  if (column.kind !== "numeric") return window.unseen;
  return window.bins.reduce((sum, rows, cell) => sum + (column.counts[cell] === 0 ? rows : 0), window.unseen);
}

function testMissing(column: ColumnProfile, window: ColumnCounts, policy: DriftPolicy): ColumnTest {
  const rows = window.present + window.missing;
  const [before, now] = [column.missing / column.rows, window.missing / rows];
  return {
    finding: window.present === 0 ? "all-missing" : "missing-values",
    effect: Math.abs(now - before),
    threshold: policy.missing,
    p: fisherExact({ found: window.missing, rows }, { found: column.missing, rows: column.rows }),
    isBeyondChance: true,
    sentence: () =>
      window.present === 0
        ? `not one value in ${count(rows)} rows; the reference lacks ${percent(before)}`
        : `${percent(now)} of ${count(rows)} rows have no value, in the reference ${percent(before)}`,
  };
}

/** The reference has no such rows by construction, but the next rows will: as many as `usualUnseen` says. */
function testUnseen(column: ColumnProfile, window: ColumnCounts, unseen: number, policy: DriftPolicy): ColumnTest {
  const rows = window.present;
  const usual = usualUnseen(column);
  const [expected, now] = [usual.found / usual.rows, unseen / rows];
  const what =
    column.kind === "numeric"
      ? "lie where the reference has no values"
      : "have a category that the reference never had";
  return {
    finding: "unseen-values",
    effect: Math.max(0, now - expected),
    threshold: policy.unseen,
    p: now > expected ? fisherExact({ found: unseen, rows }, usual) : 1,
    isBeyondChance: true,
    sentence: () => `${percent(now)} of ${count(rows)} values ${what}; ${percent(expected)} would be usual`,
  };
}

/**
 * How many of so many rows would be new without drift. Of numbers as many as lie at the ends of the reference. Of
 * categories as many as occurred once there (Good, 1953), an estimate with the variance of singletons + 2 · pairs
 * (Esty, 1983): as if from so many fewer rows.
 */
function usualUnseen(column: ColumnProfile): { found: number; rows: number } {
  const rows = referenceCounts(column).present;
  if (column.kind === "numeric") return { found: 2, rows };
  const { singletons, pairs } = column;
  const share = (singletons + 1) / (singletons + 1 + 2 * pairs);
  return { found: Math.ceil((singletons + 1) * share), rows: Math.max(1, Math.ceil(rows * share)) };
}
