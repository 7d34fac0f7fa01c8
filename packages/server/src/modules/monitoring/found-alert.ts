import type { SloStatus } from "@pave/contract";
import { type ColumnJudgement, type DriftPolicy, isAlert, type WindowJudgement } from "@pave/contract/drift";

export type AlertKind = "inputs" | "predictions" | "availability" | "latency";

/** Something that alerts now. */
export interface FoundAlert {
  readonly kind: AlertKind;
  readonly severity: "page" | "ticket";
  readonly title: string;
  readonly reason: string;
  readonly fix: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What stays of a judgement for those that come after it. */
export type RecentJudgement = Pick<WindowJudgement, "columns" | "prediction">;

/** Drift alone is a ticket: nobody is woken for what may cost nothing. */
export function driftAlerts({ columns, prediction }: WindowJudgement, path: string): FoundAlert[] {
  const moved = columns.filter(({ status }) => isAlert(status));
  const alerts: FoundAlert[] = [];
  if (prediction && isAlert(prediction.status)) {
    alerts.push({
      kind: "predictions",
      severity: "ticket",
      title: `${path}: predictions differ from those on the reference`,
      reason: prediction.reason,
      fix: "compare with ground truth if there is any; look at the inputs that moved, and at the last release",
      details: { column: detailsOf(prediction) },
    });
  }
  const [worst] = moved;
  if (worst) {
    const others = moved.length > 1 ? ` and ${moved.length - 1} more` : "";
    alerts.push({
      kind: "inputs",
      severity: "ticket",
      title: `${path}: ${worst.column}${others} differ${moved.length > 1 ? "" : "s"} from the reference`,
      reason: `${worst.column}: ${worst.reason}`,
      fix: "find out whether the world or the caller's data has changed: mend the data, or train on newer rows",
      details: { columns: moved.slice(0, 20).map(detailsOf) },
    });
  }
  return alerts;
}

const detailsOf = ({ column, status, reason, rows, comparison, missingRate, unseenRate }: ColumnJudgement) => ({
  ...{ column, status, reason, rows, missingRate, unseenRate },
  effect: comparison?.effect ?? null,
});

/**
 * What kinds of drift have gone: nothing of it was found in the last windows that say anything of it, as many as it
 * takes to alert. Windows without rows enough end nothing.
 */
export function endedDrift(
  now: RecentJudgement,
  recent: readonly RecentJudgement[],
  { persistence }: DriftPolicy,
): Set<AlertKind> {
  const isQuiet = (judgements: readonly ColumnJudgement[][]) => {
    const judged = judgements.filter((columns) => columns.some(({ isJudged }) => isJudged));
    const last = judged.slice(-persistence.windows);
    return (
      last.length === persistence.windows &&
      last.every((columns) => columns.every(({ findings }) => findings.length === 0))
    );
  };
  const all = [...recent, now];
  const ended = new Set<AlertKind>();
  if (isQuiet(all.map(({ columns }) => [...columns]))) ended.add("inputs");
  if (isQuiet(all.map(({ prediction }) => (prediction ? [prediction] : [])))) ended.add("predictions");
  return ended;
}

/** The worst pair of windows speaks for a service level. */
export function sloAlert({ name, objective, burn }: SloStatus, path: string): FoundAlert | undefined {
  const worst = burn.find(({ isBurning }) => isBurning);
  if (!worst) return undefined;
  const times = (value: number) => (value >= 10 ? value.toFixed(0) : value.toFixed(1));
  return {
    kind: name,
    severity: worst.severity,
    title: `${path}: the error budget of ${name} burns ${times(worst.longBurn)} times too fast`,
    reason: `expected ${objective}; over ${worst.long} the budget burns ${times(worst.longBurn)} times as fast as it lasts, over ${worst.short} ${times(worst.shortBurn)} times; ${worst.limit} is the limit`,
    fix:
      name === "availability"
        ? "look at the errors of the deployment, and roll back if they came with the last release"
        : "look at the latency by release, at the rows per request, and at what else the machine does",
    details: { burn },
  };
}
