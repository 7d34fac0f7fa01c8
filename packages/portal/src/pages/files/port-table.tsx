import { type Column, DataTable } from "../../ui/data-table.tsx";
import classes from "./files.module.css";

/** What goes into a model, or comes out. */
export function PortTable<Row extends { readonly name: string }>({
  title,
  rows,
  columns,
  empty,
}: {
  title: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  /** Said where there is none. */
  empty: string;
}) {
  return (
    <>
      <h3 className={classes.part}>{title}</h3>
      <DataTable
        caption={title}
        stays
        rows={rows}
        columns={columns}
        rowKey={({ name }) => name}
        empty={<p className={classes.hint}>{empty}</p>}
      />
    </>
  );
}
