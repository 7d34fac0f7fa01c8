import type { ReactNode } from "react";
import classes from "./data-table.module.css";

export interface Column<Row> {
  readonly key: string;
  readonly title: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly numeric?: boolean;
  /** Short values that are never broken into lines. */
  readonly tight?: boolean;
  /** What can be done with the row: at the right edge, in every table. */
  readonly actions?: boolean;
  readonly width?: number | string;
}

/** A dense table; the first cell carries the row's name. On a narrow screen each row becomes a list, unless it `stays`. */
export function DataTable<Row>({
  rows,
  columns,
  rowKey,
  empty,
  caption,
  stays = false,
}: {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  empty: ReactNode;
  caption: string;
  /** Stays a table however narrow: columns of numbers are there to be compared. */
  stays?: boolean;
}) {
  if (rows.length === 0) return <>{empty}</>;
  return (
    <table className={classes.table} data-stacks={!stays || undefined}>
      <caption className={classes.caption}>{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              data-numeric={column.numeric ?? column.actions}
              style={{ width: column.width }}
            >
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map((column) => (
              <td
                key={column.key}
                data-numeric={column.numeric}
                data-tight={column.tight ?? column.actions}
                data-actions={column.actions}
                data-title={typeof column.title === "string" ? column.title : undefined}
              >
                <div className={classes.cell}>{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
