import { count } from "../math/format.ts";
import type { ColumnComparison } from "../statistics/compare-column.ts";
import { describeChance } from "./describe-shift.ts";
import type { DriftPolicy } from "./drift-policy.ts";
import { type ColumnEvidence, type ColumnTest, type FindingKind, findingKinds, type Obstacle } from "./test-column.ts";

/**
 * - `ok`: compared, nothing found
 * - `watch`: something found in this window, but not yet in enough of the last ones
 * - `drift`, `missing-values`, `all-missing`, `unseen-values`: found in enough windows; these alert
 * - `too-few-rows`, `constant-reference`, `no-reference`, `ignored`: not compared, for that reason; never an ok
 */
export type ColumnStatus = "ok" | "watch" | FindingKind | Obstacle["status"];

export const isAlert = (status: ColumnStatus): boolean => (findingKinds as readonly string[]).includes(status);

export interface ColumnJudgement {
  readonly column: string;
  readonly status: ColumnStatus;
  /** One sentence with the numbers behind the status. */
  readonly reason: string;
  /** All that was found in this window, whether it lasts or not. */
  readonly findings: readonly FindingKind[];
  /** False: this window says nothing of the column, and counts for nothing in what comes after. */
  readonly isJudged: boolean;
  readonly rows: number;
  readonly missingRate: number | null;
  readonly unseenRate: number | null;
  readonly comparison: ColumnComparison | null;
  /** The largest effect in multiples of its threshold, times the column's importance: what ranks columns. */
  readonly score: number;
}

/** What was found of the same column before, oldest first. */
export type RecentFindings = readonly Pick<ColumnJudgement, "findings" | "isJudged">[];

/**
 * Turns evidence into a status. A test is a finding when its effect is above the threshold, above what chance gives for
 * so few rows, and its p-value is a discovery among all of the window's.
 */
export function judgeColumn(input: {
  readonly column: string;
  readonly evidence: ColumnEvidence;
  /** For each test of the evidence. */
  readonly discovered: readonly boolean[];
  readonly recent: RecentFindings;
  readonly policy: DriftPolicy;
  readonly importance?: number;
}): ColumnJudgement {
  const { column, evidence, discovered, recent, policy, importance = 1 } = input;
  const { tests, obstacle, ...measured } = evidence;
  const found = tests.filter((test, index) => discovered[index] && test.isBeyondChance && test.effect > test.threshold);
  const findings = findingKinds.filter((kind) => found.some(({ finding }) => finding === kind));
  const lasting = findings.filter((kind) => lasts(kind, recent, policy));
  return {
    column,
    ...measured,
    findings,
    isJudged: obstacle === null || obstacle.status === "constant-reference" || findings.length > 0,
    ...wordStatus(found, findings, lasting, evidence, policy),
    score: importance * tests.reduce((most, { effect, threshold }) => Math.max(most, effect / threshold), 0),
  };
}

/** The finding of now counts too. Windows that could not be judged are as if they had not been. */
function lasts(kind: FindingKind, recent: RecentFindings, { persistence }: DriftPolicy): boolean {
  const before = recent.filter(({ isJudged }) => isJudged).slice(-(persistence.of - 1) || recent.length);
  return 1 + before.filter(({ findings }) => findings.includes(kind)).length >= persistence.windows;
}

function wordStatus(
  found: readonly ColumnTest[],
  findings: readonly FindingKind[],
  lasting: readonly FindingKind[],
  { comparison, obstacle, rows }: ColumnEvidence,
  policy: DriftPolicy,
): Pick<ColumnJudgement, "status" | "reason"> {
  const sentences = findings.map((kind) => found.find(({ finding }) => finding === kind)?.sentence()).join("; ");
  const [first] = lasting;
  if (first !== undefined) return { status: first, reason: sentences };
  if (findings.length > 0) {
    const wait = `alerts when found in ${policy.persistence.windows} of ${policy.persistence.of} windows`;
    return { status: "watch", reason: `${sentences}; ${wait}` };
  }
  if (obstacle) return obstacle;
  return {
    status: "ok",
    reason: comparison
      ? describeChance(comparison, policy)
      : `all but a few of ${count(rows)} rows are alike, as in the reference`,
  };
}
