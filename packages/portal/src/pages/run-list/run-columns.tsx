import { Checkbox } from "@mantine/core";
import type { TrackedRunSummary } from "@pave/contract";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { metric, spaced } from "../../lib/format.ts";
import { directionOf } from "../../lib/metric-direction.ts";
import { runKey } from "../../lib/run-key.ts";
import type { Column } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Elapsed, TimeAgo } from "../../ui/time-ago.tsx";
import { bestOf, type RunColumns } from "./choose-columns.ts";
import { RunLink } from "./run-link.tsx";
import classes from "./run-list.module.css";

interface ColumnInput {
  readonly project: string;
  readonly runs: readonly TrackedRunSummary[];
  readonly shown: RunColumns;
  readonly order: string | undefined;
  readonly onOrder: (key: string, first: "ASC" | "DESC") => void;
  readonly selected: readonly string[];
  readonly isFull: boolean;
  readonly onSelect: (key: string, isSelected: boolean) => void;
}

/** The columns of the list: what every run has, then the metrics and params that were chosen. */
export function runColumns(input: ColumnInput): Column<TrackedRunSummary>[] {
  const { project, order, onOrder, selected, isFull, onSelect } = input;
  const sorted = (key: string, title: string, first: "ASC" | "DESC" = "ASC") => (
    <SortHeader title={title} sortKey={key} first={first} order={order} onOrder={onOrder} />
  );
  return [
    {
      key: "select",
      title: <span className={layout.hidden}>Compare</span>,
      width: 34,
      cell: (run) => (
        <Checkbox
          size="xs"
          aria-label={`Compare ${run.name}`}
          checked={selected.includes(runKey(run))}
          disabled={isFull && !selected.includes(runKey(run))}
          onChange={(event) => onSelect(runKey(run), event.currentTarget.checked)}
        />
      ),
    },
    {
      key: "name",
      title: sorted("attributes.run_name", "Run"),
      cell: (run) => (
        <>
          <RunLink project={project} run={run} className={classes.name}>
            {run.name}
          </RunLink>
          {detailOf(run, project) ? <span className={classes.note}>{detailOf(run, project)}</span> : null}
        </>
      ),
    },
    { key: "state", title: "State", tight: true, cell: (run) => <StateBadge state={run.state} /> },
    {
      key: "started",
      title: sorted("attributes.start_time", "Started", "DESC"),
      tight: true,
      cell: (run) => (
        <>
          <TimeAgo at={run.startedAt} />
          <div className={layout.soft}>by {run.author || "somebody"}</div>
        </>
      ),
    },
    { key: "took", title: "Took", numeric: true, cell: (run) => <Elapsed from={run.startedAt} to={run.finishedAt} /> },
    {
      key: "revision",
      title: "Code",
      tight: true,
      cell: (run) =>
        run.revision ? (
          `revision ${run.revision.number}`
        ) : run.commit ? (
          <code title={run.commit}>{run.commit.slice(0, 8)}</code>
        ) : (
          <span className={layout.soft}>–</span>
        ),
    },
    ...input.shown.metrics.map((name) => metricColumn(name, input, sorted)),
    ...input.shown.params.map(
      (name): Column<TrackedRunSummary> => ({
        key: `param ${name}`,
        title: sorted(`params.\`${name}\``, name),
        tight: true,
        cell: ({ params }) =>
          params[name] === undefined ? (
            <span className={layout.soft}>–</span>
          ) : (
            <span className={classes.param} title={params[name]}>
              {params[name]}
            </span>
          ),
      }),
    ),
  ];
}

function metricColumn(
  name: string,
  { runs }: ColumnInput,
  sorted: (key: string, title: string, first: "ASC" | "DESC") => Column<TrackedRunSummary>["title"],
): Column<TrackedRunSummary> {
  const best = bestOf(
    name,
    runs.map(({ metrics }) => metrics[name]),
  );
  return {
    key: `metric ${name}`,
    title: sorted(`metrics.\`${name}\``, spaced(name), directionOf(name) === "lower" ? "ASC" : "DESC"),
    numeric: true,
    cell: ({ metrics }) => {
      const value = metrics[name];
      if (value === undefined) return <span className={layout.soft}>–</span>;
      if (value === null) return <span className={layout.soft}>no number</span>;
      return (
        <span
          className={value === best ? classes.best : undefined}
          title={value === best ? "best on this page" : undefined}
        >
          {metric(value)}
        </span>
      );
    },
  };
}

function detailOf(run: TrackedRunSummary, project: string): string {
  if (run.note) return run.note;
  if (run.kind === "evaluation") return "evaluation for a plan";
  if (run.kind === "step") return `step of run ${run.run?.number}`;
  if (run.kind === "client") return run.experiment === project ? "MLflow client" : `MLflow client, ${run.experiment}`;
  return "";
}

function SortHeader(props: {
  readonly title: string;
  readonly sortKey: string;
  readonly first: "ASC" | "DESC";
  readonly order: string | undefined;
  readonly onOrder: (key: string, first: "ASC" | "DESC") => void;
}) {
  const { title, sortKey, first, order, onOrder } = props;
  const way = order?.startsWith(`${sortKey} `) ? order.slice(sortKey.length + 1) : undefined;
  const Arrow = way === "ASC" ? IconArrowUp : IconArrowDown;
  return (
    <button
      type="button"
      className={classes.sort}
      data-on={way !== undefined || undefined}
      title={`Sort by ${title}`}
      onClick={() => onOrder(sortKey, first)}
    >
      {title}
      {way === undefined ? null : <Arrow size={12} aria-label={way === "ASC" ? "ascending" : "descending"} />}
    </button>
  );
}
