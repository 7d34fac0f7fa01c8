import type { LatestMetric, TrackedRunPage } from "@pave/contract";
import { count, metric } from "../../lib/format.ts";
import { isSystemMetric } from "../../lib/group-metrics.ts";
import { sortMetrics } from "../../lib/metric-direction.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Searched } from "./searched.tsx";
import classes from "./tracked-run.module.css";
import { useTrackedSearch } from "./use-tracked-search.ts";

/** The latest value of each metric, with its step where there were several. */
export function LatestMetrics({ run }: { run: TrackedRunPage }) {
  const [, change] = useTrackedSearch();
  const byKey = new Map(run.latest.map((one) => [one.key, one]));
  const own = run.latest.filter(({ key }) => !isSystemMetric(key)).map(({ key }) => key);
  const rows = sortMetrics(own).flatMap((key) => byKey.get(key) ?? []);
  const columns: readonly Column<LatestMetric>[] = [
    {
      key: "key",
      title: "Metric",
      cell: (row) =>
        row.isCurve ? (
          <button
            type="button"
            className={classes.asLink}
            title="Show its curve"
            onClick={() => change({ tab: "metrics", metric: row.key })}
          >
            {row.key}
          </button>
        ) : (
          <span className={classes.wrap}>{row.key}</span>
        ),
    },
    {
      key: "value",
      title: "Latest",
      numeric: true,
      cell: (row) => (row.value === null ? row.text : <span title={row.text}>{metric(row.value)}</span>),
    },
    {
      key: "step",
      title: "Step",
      numeric: true,
      cell: (row) => <span className={layout.soft}>{row.isCurve || row.step !== 0 ? count(row.step) : "–"}</span>,
    },
  ];
  return (
    <Searched title="Metrics" rows={rows} textOf={({ key }) => key} empty="No metrics were logged.">
      {(shown) => (
        <DataTable caption="Metrics" stays rows={shown} columns={columns} rowKey={({ key }) => key} empty={null} />
      )}
    </Searched>
  );
}
