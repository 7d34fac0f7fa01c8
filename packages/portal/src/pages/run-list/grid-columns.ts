import { metricTitle } from "../../lib/group-metrics.ts";
import { directionOf } from "../../lib/metric-direction.ts";
import { type ColumnId, fixedColumns, isFixedColumn, keyedColumn } from "./choose-columns.ts";

/** A column as the table shows it. */
export interface GridColumn {
  readonly id: ColumnId;
  readonly title: string;
  readonly width: number;
  readonly isNumeric: boolean;
  /** What the server sorts by, and which way is looked for first; null of what cannot be sorted by. */
  readonly sort: { readonly key: string; readonly first: "ASC" | "DESC" } | null;
}

export const nameWidth = 280;
const leastWidth = 64;
const mostWidth = 600;

const widths: Readonly<Record<string, number>> = {
  state: 112,
  started: 104,
  author: 120,
  took: 100,
  code: 104,
  experiment: 150,
  note: 220,
};
const sorts: Readonly<Record<string, GridColumn["sort"]>> = {
  state: { key: "attributes.status", first: "ASC" },
  started: { key: "attributes.start_time", first: "DESC" },
  author: { key: "attributes.user_id", first: "ASC" },
};

export function gridColumn(id: ColumnId, chosenWidths: Readonly<Record<string, number>>): GridColumn {
  const chosen = chosenWidths[id];
  const keyed = keyedColumn(id);
  if (!keyed)
    return {
      id,
      title: isFixedColumn(id) ? fixedColumns[id] : id,
      width: chosen ?? widths[id] ?? 120,
      isNumeric: id === "took",
      sort: sorts[id] ?? null,
    };
  const { kind, name } = keyed;
  const title = kind === "metrics" ? metricTitle(name) : name;
  const first = kind === "metrics" && directionOf(name) !== "lower" ? "DESC" : "ASC";
  return {
    id,
    title,
    width: chosen ?? Math.min(220, Math.max(kind === "metrics" ? 100 : 120, 34 + title.length * 7.2)),
    isNumeric: kind === "metrics",
    // a backtick within a key cannot be written in the grammar
    sort: name.includes("`") ? null : { key: `${kind}.\`${name}\``, first },
  };
}

export const boundWidth = (width: number): number => Math.round(Math.min(mostWidth, Math.max(leastWidth, width)));

export const isWidths = (value: unknown): value is Readonly<Record<string, number>> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((width) => typeof width === "number" && width >= leastWidth && width <= mostWidth);

/** The tracks of each row: all have the same, so that cells stand below each other. */
export const gridTemplate = (columns: readonly GridColumn[], name: number): string =>
  ["36px", `minmax(${name}px, 1fr)`, ...columns.map(({ width }) => `${width}px`)].join(" ");

export const gridWidth = (columns: readonly GridColumn[], name: number): number =>
  36 + name + columns.reduce((sum, { width }) => sum + width, 0);
