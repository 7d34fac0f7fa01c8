import type { RunStep } from "@pave/contract";
import { metric, spaced } from "../../lib/format.ts";
import { DataTable } from "../../ui/data-table.tsx";
import classes from "./step-panel.module.css";

type Entry = readonly [name: string, value: number];

const columns = [
  { key: "name", title: "Metric", width: 260, cell: ([name]: Entry) => <span title={name}>{spaced(name)}</span> },
  { key: "value", title: "Value", cell: ([, value]: Entry) => metric(value) },
];

export function StepMetrics({ step }: { step: RunStep }) {
  return (
    <DataTable
      caption="Metrics of the step"
      rows={Object.entries(step.metrics)}
      columns={columns}
      rowKey={([name]) => name}
      empty={
        <p className={classes.note}>
          No metrics. A step reports them in a port of the type metrics: one JSON object of names and numbers.
        </p>
      }
    />
  );
}
