import { brief, count, metric, percent } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import classes from "./new-project.module.css";
import type { ProfileColumn, TableProfile } from "./table-profile.ts";

const words: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "yes or no",
  timestamp: "time",
};
const quiet = new Set(["timeSplit"]);

const columns = (target: string | null, exclude: readonly string[]): Column<ProfileColumn>[] => [
  {
    key: "name",
    title: "Column",
    cell: ({ name }) => (
      <>
        <b style={{ fontWeight: 550 }}>{name}</b> {name === target ? <Pill tone="good">target</Pill> : null}
        {exclude.includes(name) && name !== target ? <Pill tone="warn">left out</Pill> : null}
      </>
    ),
  },
  { key: "type", title: "Type", tight: true, cell: ({ type }) => words[type] ?? type },
  {
    key: "missing",
    title: "Missing",
    numeric: true,
    cell: ({ missingShare }) =>
      missingShare === 0 ? <span className={layout.soft}>none</span> : percent(missingShare),
  },
  {
    key: "distinct",
    title: "Different values",
    numeric: true,
    cell: ({ distinct }) => (distinct === undefined ? "–" : count(distinct)),
  },
  { key: "shape", title: "Distribution", cell: (column) => <Distribution column={column} /> },
  { key: "values", title: "Values", cell: (column) => <span className={layout.soft}>{valuesText(column)}</span> },
  {
    key: "noticed",
    title: "Noticed",
    cell: ({ flags }) => {
      const reasons = flags.filter(({ flag }) => !quiet.has(flag)).map(({ reason }) => reason);
      return reasons.length === 0 ? <span className={layout.soft}>–</span> : reasons.join("; ");
    },
  },
];

/** The table as it was understood, column by column. */
export function ProfileTable({ profile, target }: { profile: TableProfile; target: string | null }) {
  return (
    <Card
      title="What is in it"
      aside={`${count(profile.rows)} rows, ${profile.columns.length} columns${
        profile.sampledRows !== undefined && profile.sampledRows < profile.rows
          ? `, looked at ${count(profile.sampledRows)}`
          : ""
      }`}
      flush
    >
      <DataTable
        caption="Columns of the table"
        rows={profile.columns}
        columns={columns(target, profile.suggestions.exclude)}
        rowKey={({ name }) => name}
        empty={null}
      />
    </Card>
  );
}

/** Most frequent values as bars; numbers as range, middle half and median. */
function Distribution({ column }: { column: ProfileColumn }) {
  const { top, quantiles } = column;
  if (quantiles) {
    const { p01 = 0, p25 = 0, p50 = 0, p75 = 0, p99 = 0 } = quantiles;
    if (!(p99 > p01)) return <span className={layout.soft}>always {metric(p50)}</span>;
    const at = (value: number) => `${((value - p01) / (p99 - p01)) * 100}%`;
    const wide = (from: number, to: number) => `${((to - from) / (p99 - p01)) * 100}%`;
    return (
      <div
        className={classes.range}
        title={`1 % ${metric(p01)}, 25 % ${metric(p25)}, median ${metric(p50)}, 75 % ${metric(p75)}, 99 % ${metric(p99)}`}
      >
        <span className={classes.whisker} style={{ left: 0, right: 0 }} />
        <span className={classes.box} style={{ left: at(p25), width: wide(p25, p75) }} />
        <span className={classes.median} style={{ left: at(p50) }} />
      </div>
    );
  }
  if (!top || top.length === 0) return <span className={layout.soft}>–</span>;
  const most = Math.max(...top.map(({ rows }) => rows));
  return (
    <div className={classes.bars} title={top.map(({ value, rows }) => `${value}: ${count(rows)}`).join("\n")}>
      {top.map(({ value, rows }) => (
        <i key={value} style={{ height: `${Math.max(6, (rows / most) * 100)}%` }} />
      ))}
    </div>
  );
}

function valuesText({ quantiles, top, min, max }: ProfileColumn): string {
  if (quantiles && typeof min === "number" && typeof max === "number") return `${metric(min)} to ${metric(max)}`;
  if (top && top.length > 0) return brief(top.map(({ value }) => value).join(", "), 46);
  return min === null || min === undefined ? "–" : `${brief(min, 20)} to ${brief(max, 20)}`;
}
