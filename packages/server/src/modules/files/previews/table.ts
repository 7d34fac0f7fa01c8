import type { Preview } from "@pave/contract";
import { cutText } from "./text.ts";

export const mostRows = 200;
export const mostColumns = 60;
const longestCell = 300;

/** A table of the first rows and columns; `totalRows` where the whole was read. */
export function tableOf(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  { totalRows, isCut }: { readonly totalRows: number | null; readonly isCut: boolean },
): Preview {
  return {
    kind: "table",
    columns: columns.slice(0, mostColumns).map((name) => cutText(name, longestCell)),
    rows: rows.slice(0, mostRows).map((row) => columns.slice(0, mostColumns).map((_, index) => cellText(row[index]))),
    isCut: isCut || rows.length > mostRows || columns.length > mostColumns,
    totalRows,
  };
}

function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return cutText(typeof value === "string" ? value : (JSON.stringify(value) ?? ""), longestCell);
}
