import type { Run, RunStep } from "@pave/contract";
import { DataTable } from "../../ui/data-table.tsx";
import classes from "./step-panel.module.css";

type Entry = readonly [name: string, value: unknown];

const columns = [
  { key: "name", title: "Name", width: 260, cell: ([name]: Entry) => <b>{name}</b> },
  {
    key: "value",
    title: "Value",
    cell: ([, value]: Entry) => <code>{typeof value === "string" ? value : JSON.stringify(value)}</code>,
  },
];

export function StepParams({ step, vars }: { step: RunStep; vars: Run["vars"] }) {
  return (
    <>
      <h3 className={classes.heading}>Params of the step</h3>
      <DataTable
        caption="Params of the step"
        rows={Object.entries(step.params)}
        columns={columns}
        rowKey={([name]) => name}
        empty={<p className={classes.note}>The step takes no params.</p>}
      />
      {Object.keys(vars).length > 0 ? (
        <>
          <h3 className={classes.heading}>Vars of the run</h3>
          <DataTable
            caption="Vars of the run"
            rows={Object.entries(vars)}
            columns={columns}
            rowKey={([name]) => name}
            empty={null}
          />
        </>
      ) : null}
    </>
  );
}
