import type { ComparedRun } from "@pave/contract";
import { brief, metric } from "../../lib/format.ts";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import { RunLink } from "../run-list/run-link.tsx";
import classes from "./compare.module.css";
import { type FieldId, fieldLabel, fieldValue } from "./run-fields.ts";

/** So much of a value stands in its cell; the whole of it is its title. */
const mostShown = 40;

/** The runs of a chart as a table: its text, and the way to each run. */
export function FieldTable(props: {
  readonly project: string;
  readonly runs: readonly ComparedRun[];
  readonly fields: readonly FieldId[];
  readonly highlighted: string | null;
  readonly onHighlight: (key: string | null) => void;
}) {
  const { project, runs, fields, highlighted, onHighlight } = props;
  return (
    <DataTable
      caption="Runs of the chart"
      stays
      rows={runs}
      rowKey={({ key }) => key}
      empty={<EmptyState title="No run passes" detail="Clear a brush to see more." />}
      columns={[
        {
          key: "name",
          title: "Run",
          cell: (run) => (
            <span
              data-highlighted={highlighted === run.key || undefined}
              className={classes.rowName}
              onPointerEnter={() => onHighlight(run.key)}
              onPointerLeave={() => onHighlight(null)}
            >
              <RunLink project={project} run={run}>
                {run.name}
              </RunLink>
            </span>
          ),
        },
        ...fields.map((id) => ({
          key: id,
          title: fieldLabel(id),
          numeric: id.startsWith("metrics."),
          tight: true,
          cell: (run: ComparedRun) => {
            const text = fieldText(run, id);
            return <span title={text.length > mostShown ? text : undefined}>{brief(text, mostShown)}</span>;
          },
        })),
      ]}
    />
  );
}

/** A param as it was logged, a metric as metrics are written. */
export function fieldText(run: ComparedRun, id: FieldId): string {
  const value = fieldValue(run, id);
  if (value === null) return "–";
  if (id.startsWith("params.")) return run.params[id.slice("params.".length)] ?? "–";
  return typeof value === "number" ? metric(value) : value;
}
