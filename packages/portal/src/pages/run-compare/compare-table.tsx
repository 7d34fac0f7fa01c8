import type { ComparedRun } from "@pave/contract";
import type { ReactNode } from "react";
import classes from "./compare.module.css";

export interface CompareRow {
  readonly name: string;
  readonly title?: ReactNode;
  readonly differs?: boolean;
  readonly cell: (run: ComparedRun, index: number) => ReactNode;
}

/** One column for each run, always in the same order; the first column stays while the others scroll. */
export function CompareTable({
  caption,
  runs,
  rows,
  head,
}: {
  caption: string;
  runs: readonly ComparedRun[];
  rows: readonly CompareRow[];
  head?: (run: ComparedRun, index: number) => ReactNode;
}) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} style={{ minWidth: 210 + runs.length * 170 }} aria-label={caption}>
        {head ? (
          <thead>
            <tr>
              <th scope="col">Run</th>
              {runs.map((run, index) => (
                <th key={run.key} scope="col">
                  {head(run, index)}
                </th>
              ))}
            </tr>
          </thead>
        ) : null}
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} className={row.differs ? classes.differs : undefined}>
              <th scope="row">{row.title ?? row.name}</th>
              {runs.map((run, index) => (
                <td key={run.key}>{row.cell(run, index)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
