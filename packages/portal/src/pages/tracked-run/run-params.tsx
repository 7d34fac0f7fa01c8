import type { TrackedRunPage } from "@pave/contract";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Searched } from "./searched.tsx";
import classes from "./tracked-run.module.css";

type Param = readonly [name: string, value: string];

const columns: readonly Column<Param>[] = [
  { key: "name", title: "Param", width: "40%", cell: ([name]) => <span className={classes.wrap}>{name}</span> },
  { key: "value", title: "Value", cell: ([, value]) => <Value text={value} /> },
];

export function RunParams({ run }: { run: TrackedRunPage }) {
  return (
    <Searched
      title="Params"
      rows={Object.entries(run.params).toSorted(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))}
      textOf={([name, value]) => `${name} ${value}`}
      empty="No params were logged."
    >
      {(shown) => (
        <DataTable caption="Params" stays rows={shown} columns={columns} rowKey={([name]) => name} empty={null} />
      )}
    </Searched>
  );
}

/** Long ones are cut until they are opened. */
function Value({ text }: { text: string }) {
  if (text.length <= 200) return <span className={classes.value}>{text === "" ? "(empty)" : text}</span>;
  return (
    <details>
      <summary className={classes.value}>{text.slice(0, 160)}…</summary>
      <span className={classes.value}>{text}</span>
    </details>
  );
}
