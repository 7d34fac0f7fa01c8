import type { RunSummary } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { metric, spaced } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Elapsed, TimeAgo } from "../../ui/time-ago.tsx";
import { useRunsQuery } from "./use-runs-query.ts";

const shownMetrics = ["roc_auc", "accuracy", "f1", "rmse", "mae"];

const columns: readonly Column<RunSummary>[] = [
  {
    key: "run",
    title: "Run",
    tight: true,
    cell: (run) => (
      <Link
        to="/projects/$project/runs/$run"
        params={{ project: run.project, run: String(run.number) }}
        className="link"
        style={{ fontWeight: 550 }}
      >
        Run {run.number}
      </Link>
    ),
  },
  { key: "state", title: "State", cell: (run) => <StateBadge state={run.state} /> },
  {
    key: "pipeline",
    title: "Pipeline",
    tight: true,
    cell: (run) => (
      <>
        {run.kind === "evaluation" ? "evaluation for a plan" : run.pipeline}
        <div className={layout.soft}>revision {run.revision.number}</div>
      </>
    ),
  },
  {
    key: "steps",
    title: "Steps",
    cell: ({ steps }) => (
      <span style={{ whiteSpace: "nowrap" }}>
        {steps.done} of {steps.total}
        {steps.cached > 0 ? <div className={layout.soft}>{steps.cached} from cache</div> : null}
      </span>
    ),
  },
  { key: "metric", title: "Result", cell: (run) => <MainMetric run={run} /> },
  { key: "took", title: "Took", numeric: true, cell: (run) => <Elapsed from={run.startedAt} to={run.finishedAt} /> },
  {
    key: "when",
    title: "Started",
    tight: true,
    cell: (run) => (
      <>
        <TimeAgo at={run.createdAt} />
        <div className={layout.soft}>by {run.requestedBy.name}</div>
      </>
    ),
  },
];

function MainMetric({ run }: { run: RunSummary }) {
  const name = shownMetrics.find((candidate) => run.metrics[candidate] !== undefined) ?? Object.keys(run.metrics)[0];
  const value = name === undefined ? undefined : run.metrics[name];
  if (name === undefined || value === undefined) return <span className={layout.soft}>–</span>;
  return (
    <span style={{ whiteSpace: "nowrap" }}>
      {metric(value)} <span className={layout.soft}>{spaced(name)}</span>
    </span>
  );
}

export function RecentRuns({ project, pipelines }: { project: string; pipelines: readonly string[] }) {
  const query = useRunsQuery(project);
  const empty = (
    <EmptyState
      title="No run yet"
      detail="A run executes the pipeline: checked whole before it starts, cached, tracked."
    >
      <CopyLine text={`pave run ${pipelines[0] ?? "train"}`} />
    </EmptyState>
  );
  return (
    <Card
      title={<span id="runs">Recent runs</span>}
      aside={
        <Link to="/projects/$project/runs" params={{ project }} className="link">
          Search and compare
        </Link>
      }
      flush
    >
      <QueryView query={query} rows={5}>
        {({ items }) => (
          <DataTable caption="Recent runs" rows={items} columns={columns} rowKey={(run) => run.id} empty={empty} />
        )}
      </QueryView>
    </Card>
  );
}
