/**
 * Judges a window of traffic against the reference: which columns have changed, how sure that is, and what a person
 * reads of it.
 *
 * Effect *and* evidence. A p-value alone calls a change of no consequence significant as soon as there are rows enough;
 * a distance alone calls chance a drift while there are few. So a finding needs an effect above the policy's threshold,
 * above the quantile of that effect without drift at this number of rows, and a p-value that is a discovery among those
 * of all columns; and it alerts only when it comes back in `persistence.windows` of the last `persistence.of` windows.
 */

import type { ColumnCounts, CountedWindow } from "../counts/column-counts.ts";
import { count, counted } from "../math/format.ts";
import { discoveries } from "../statistics/false-discovery.ts";
import { type DriftPolicy, defaultDriftPolicy } from "./drift-policy.ts";
import { type ColumnJudgement, isAlert, judgeColumn } from "./judge-column.ts";
import { ignoredColumn, testColumn } from "./test-column.ts";

export interface WindowJudgement {
  /** `drift`: something alerts. `too-few-rows` and `no-reference`: nothing could be compared. */
  readonly status: "ok" | "watch" | "drift" | "too-few-rows" | "no-reference";
  readonly reason: string;
  readonly rows: number;
  /** The most affected first. */
  readonly columns: readonly ColumnJudgement[];
  readonly prediction: ColumnJudgement | null;
}

export interface JudgeOptions {
  readonly policy?: DriftPolicy;
  /** The judgements of the windows before, oldest first; `persistence.of − 1` that could be judged are enough. */
  readonly recent?: readonly Pick<WindowJudgement, "columns" | "prediction">[];
  /** By column: how much the model uses it. 1 where nothing is said. */
  readonly importance?: Readonly<Record<string, number>>;
}

export function judgeWindow(
  window: CountedWindow,
  { policy = defaultDriftPolicy, recent = [], importance = {} }: JudgeOptions = {},
): WindowJudgement {
  const { profile } = window;
  const test = (column: (typeof profile.columns)[number], counts: ColumnCounts | undefined) => {
    if (!counts) throw new Error(`the counts have no column ${column.name}, which their own profile has`);
    return { column: column.name, evidence: testColumn(column, counts, policy) };
  };
  const tested = profile.columns.map((column) => {
    const counts = window.column(column.name);
    if (counts && policy.ignore.includes(column.name)) return { column: column.name, evidence: ignoredColumn(counts) };
    return test(column, counts);
  });
  const prediction = profile.prediction && test(profile.prediction, window.prediction());

  const everything = prediction ? [...tested, prediction] : tested;
  const isDiscovery = discoveries(
    everything.flatMap(({ evidence }) => evidence.tests.map(({ p }) => p)),
    policy.falseDiscoveryRate,
  );
  const discoveredOf = everything.map(({ evidence }) => isDiscovery.splice(0, evidence.tests.length));

  const columns = tested.map(({ column, evidence }, index) =>
    judgeColumn({
      column,
      evidence,
      discovered: discoveredOf[index] ?? [],
      recent: recent.flatMap((judgement) => judgement.columns.filter((before) => before.column === column)),
      policy,
      importance: importance[column] ?? 1,
    }),
  );
  const judgedPrediction =
    prediction &&
    judgeColumn({
      ...prediction,
      discovered: discoveredOf.at(-1) ?? [],
      recent: recent.flatMap((judgement) => judgement.prediction ?? []),
      policy,
    });
  columns.sort((a, b) => Number(isAlert(b.status)) - Number(isAlert(a.status)) || b.score - a.score);
  const judgements = judgedPrediction ? [judgedPrediction, ...columns] : columns;
  return { ...summarise(judgements, window.rows), rows: window.rows, columns, prediction: judgedPrediction };
}

function summarise(judgements: readonly ColumnJudgement[], rows: number): Pick<WindowJudgement, "status" | "reason"> {
  const alerts = judgements.filter(({ status }) => isAlert(status));
  const watched = judgements.filter(({ status }) => status === "watch");
  const judged = judgements.filter(({ isJudged }) => isJudged);
  const [worst] = alerts.length > 0 ? alerts : watched;
  if (worst) {
    const others = (alerts.length > 0 ? alerts : watched).length - 1;
    const more = others > 0 ? ` (and ${counted(others, "other column")})` : "";
    return { status: alerts.length > 0 ? "drift" : "watch", reason: `${worst.column}: ${worst.reason}${more}` };
  }
  if (judged.length === 0) {
    const [first] = judgements.filter(({ status }) => status === "too-few-rows");
    const none = judgements.some(({ status }) => status === "ignored")
      ? "no column that is compared has a reference"
      : "no column has a reference";
    return { status: first ? "too-few-rows" : "no-reference", reason: first?.reason ?? none };
  }
  const left = judgements.filter(({ isJudged, status }) => !isJudged && status !== "ignored").length;
  const unjudged = left > 0 ? `; ${counted(left, "column")} could not be compared` : "";
  return {
    status: "ok",
    reason: `${counted(judged.length, "column")} over ${count(rows)} rows are as before${unjudged}`,
  };
}
