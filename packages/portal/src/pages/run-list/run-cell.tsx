import type { TrackedRunSummary } from "@pave/contract";
import { metric } from "../../lib/format.ts";
import layout from "../../ui/layout.module.css";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Elapsed, TimeAgo } from "../../ui/time-ago.tsx";
import { type ColumnId, keyedColumn } from "./choose-columns.ts";

const nothing = <span className={layout.soft}>–</span>;

/** What a run has in a column. */
export function RunCell({ id, run }: { id: ColumnId; run: TrackedRunSummary }) {
  const keyed = keyedColumn(id);
  if (keyed?.kind === "metrics") {
    const value = run.metrics[keyed.name];
    if (value === undefined) return nothing;
    return value === null ? <span className={layout.soft}>no number</span> : metric(value);
  }
  if (keyed) {
    const value = run[keyed.kind][keyed.name];
    return value === undefined ? (
      nothing
    ) : (
      <span className={layout.mono} title={value}>
        {value}
      </span>
    );
  }
  switch (id) {
    case "state":
      return <StateBadge state={run.state} />;
    case "started":
      return <TimeAgo at={run.startedAt} />;
    case "author":
      return <>{run.author || "somebody"}</>;
    case "took":
      return <Elapsed from={run.startedAt} to={run.finishedAt} />;
    case "code":
      return codeOf(run);
    case "experiment":
      return <>{run.experiment}</>;
    default:
      return run.note ? <span title={run.note}>{run.note}</span> : nothing;
  }
}

function codeOf({ revision, commit }: TrackedRunSummary) {
  if (revision) return <>revision {revision.number}</>;
  return commit ? <code title={commit}>{commit.slice(0, 8)}</code> : nothing;
}

/** What kind of run it is, beside its name; nothing of a pipeline's own. */
export function kindText(run: TrackedRunSummary, project: string): string {
  if (run.kind === "evaluation") return "evaluation for a plan";
  if (run.kind === "step") return `step of run ${run.run?.number}`;
  if (run.kind === "client") return run.experiment === project ? "MLflow" : `MLflow, ${run.experiment}`;
  return run.note ?? "";
}
