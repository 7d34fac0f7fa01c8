import { metric, spaced } from "../../lib/format.ts";
import { directionOf, sortMetrics } from "../../lib/metric-direction.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState } from "../../ui/query-view.tsx";
import classes from "./plots.module.css";

type Entry = readonly [name: string, value: number];

const words = { higher: "higher is better", lower: "lower is better", neither: "" } as const;

const columns: readonly Column<Entry>[] = [
  { key: "name", title: "Metric", cell: ([name]) => <span title={name}>{spaced(name)}</span> },
  { key: "direction", title: "", cell: ([name]) => <span className={layout.soft}>{words[directionOf(name)]}</span> },
  { key: "value", title: "Value", numeric: true, cell: ([, value]) => metric(value) },
];

export function MetricsTable({ metrics }: { metrics: Readonly<Record<string, number>> }) {
  return (
    <Card title="Metrics" aside="on the test set" flush>
      <div className={classes.scroll}>
        <DataTable
          caption="Metrics"
          rows={sortMetrics(Object.keys(metrics)).map((name): Entry => [name, metrics[name] ?? 0])}
          columns={columns}
          rowKey={([name]) => name}
          stays
          empty={<EmptyState title="No metrics" detail="The run reported none for this version." />}
        />
      </div>
    </Card>
  );
}
