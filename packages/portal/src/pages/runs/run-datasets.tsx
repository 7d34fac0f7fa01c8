import type { DatasetVersion, Run } from "@pave/contract";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";

/** What the run stands on from outside: which connection, asked for what, and what came. */
export function RunDatasets({ run }: { run: Run }) {
  if (run.datasets.length === 0) return null;
  return (
    <Card title="Read through connections" flush>
      <DataTable
        caption="Datasets read through connections"
        rows={run.datasets}
        columns={columns}
        rowKey={({ artifactId, readAt }) => `${artifactId} ${readAt}`}
        empty={null}
      />
    </Card>
  );
}

const columns: Column<DatasetVersion>[] = [
  {
    key: "connection",
    title: "Connection",
    cell: ({ connection, environment, type }) => (
      <>
        <b style={{ fontWeight: 550 }}>{connection}</b> <span className={layout.soft}>{type}</span>{" "}
        {environment ? <Pill>{environment}</Pill> : null}
      </>
    ),
  },
  { key: "step", title: "Step", tight: true, cell: ({ step }) => step },
  {
    key: "asked",
    title: "Asked for",
    cell: ({ query, path, version }) => (
      <>
        <code style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{(query ?? path ?? "").trim()}</code>
        {version ? <span className={layout.soft}> version {version}</span> : null}
      </>
    ),
  },
  { key: "rows", title: "Rows", numeric: true, tight: true, cell: ({ rows }) => rows.toLocaleString("en") },
  {
    key: "columns",
    title: "Columns",
    numeric: true,
    tight: true,
    cell: ({ columns }) => (
      <span title={columns.map(({ name, exactType }) => `${name} ${exactType}`).join("\n")}>{columns.length}</span>
    ),
  },
  { key: "digest", title: "Digest", tight: true, cell: ({ digest }) => <code>{digest.slice(7, 19)}</code> },
  { key: "when", title: "Read", tight: true, cell: ({ readAt }) => <TimeAgo at={readAt} /> },
];
