import type { OtherRun, TrackedRunPage } from "@pave/contract";
import { metric, spaced } from "../../lib/format.ts";
import { isSystemMetric } from "../../lib/group-metrics.ts";
import { sortMetrics } from "../../lib/metric-direction.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Elapsed, TimeAgo } from "../../ui/time-ago.tsx";
import { TrackedLink } from "./tracked-link.tsx";

const mostMetrics = 3;

/** Runs below this one, as of a search over settings. */
export function ChildRuns({ project, run: { children } }: { project: string; run: TrackedRunPage }) {
  if (children.total === 0) return null;
  const all = new Set(children.items.flatMap(({ metrics }) => Object.keys(metrics)));
  const names = sortMetrics([...all].filter((name) => !isSystemMetric(name)));
  const columns: readonly Column<OtherRun>[] = [
    { key: "name", title: "Run", cell: (row) => <TrackedLink project={project} id={row.id} name={row.name} /> },
    { key: "state", title: "State", cell: (row) => <StateBadge state={row.state} /> },
    ...names.slice(0, mostMetrics).map((name) => ({
      key: `metric ${name}`,
      title: spaced(name),
      numeric: true,
      cell: (row: OtherRun) => (typeof row.metrics[name] === "number" ? metric(row.metrics[name]) : "–"),
    })),
    { key: "started", title: "Started", tight: true, cell: (row) => <TimeAgo at={row.startedAt} /> },
    {
      key: "took",
      title: "Took",
      numeric: true,
      tight: true,
      cell: (row) => <Elapsed from={row.startedAt} to={row.finishedAt} />,
    },
  ];
  return (
    <Card
      title={`Runs below this one ${children.total}`}
      aside={children.total > children.items.length ? `the newest ${children.items.length}` : undefined}
      flush
    >
      <DataTable
        caption="Runs below this one"
        rows={children.items}
        columns={columns}
        rowKey={({ id }) => id}
        empty={null}
      />
    </Card>
  );
}
