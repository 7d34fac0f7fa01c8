import { count } from "../../lib/format.ts";
import classes from "./files.module.css";

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly isCut: boolean;
  readonly totalRows: number | null;
}

/** The first rows of a table; numbers stand right. */
export function TablePreview({ table: { columns, rows, isCut, totalRows } }: { table: Table }) {
  const numeric = columns.map((_, index) => rows.length > 0 && rows.every((row) => isNumber(row[index])));
  return (
    <>
      <p className={classes.hint}>
        {totalRows === null
          ? `The first ${count(rows.length)} rows`
          : `${count(rows.length)} of ${count(totalRows)} rows`}
        , {count(columns.length)} columns{isCut ? ". Download it to see all of it." : ""}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Table">
        <table className={classes.table}>
          <thead>
            <tr>
              {columns.map((name, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns may share a name
                <th key={index} scope="col" data-numeric={numeric[index]}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file are their place
              <tr key={at}>
                {columns.map((_, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  <td key={index} data-numeric={numeric[index]} title={row[index] ?? undefined}>
                    {row[index] ?? <span className={classes.none}>–</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

const isNumber = (cell: string | null | undefined): boolean =>
  cell === null || cell === undefined || cell === "" || Number.isFinite(Number(cell));
