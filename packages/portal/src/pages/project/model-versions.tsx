import { Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { bytes, metric } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { type ModelVersionSummary, useModelsQuery } from "./use-models-query.ts";

const columns: readonly Column<ModelVersionSummary>[] = [
  {
    key: "version",
    title: "Version",
    cell: (row) => (
      <>
        <Link
          to="/projects/$project/models/$model"
          params={{ project: row.project, model: row.name }}
          className={`link ${layout.soft}`}
          title="All versions of this model"
        >
          {row.name}
        </Link>{" "}
        <Link
          to="/projects/$project/models/$model/versions/$version"
          params={{ project: row.project, model: row.name, version: row.version }}
          className="link"
        >
          <b>version {row.version}</b>
        </Link>
      </>
    ),
  },
  { key: "status", title: "Status", cell: (row) => <StateBadge state={row.status} /> },
  {
    key: "live",
    title: "Live in",
    cell: (row) => (
      <Group gap={4}>
        {row.live.map(({ environment, deployment }) => (
          <Pill key={`${environment}/${deployment}`} tone="good">
            {environment}
          </Pill>
        ))}
        {row.aliases.map((alias) => (
          <Pill key={alias}>@{alias}</Pill>
        ))}
        {row.live.length + row.aliases.length === 0 ? <span className={layout.soft}>–</span> : null}
      </Group>
    ),
  },
  {
    key: "auc",
    title: "ROC AUC",
    numeric: true,
    cell: ({ metrics }) => (metrics.roc_auc === undefined ? "–" : metric(metrics.roc_auc)),
  },
  { key: "size", title: "Size", numeric: true, cell: (row) => bytes(row.bytes) },
  { key: "when", title: "Registered", tight: true, cell: (row) => <TimeAgo at={row.createdAt} /> },
];

export function ModelVersions({ project }: { project: string }) {
  const query = useModelsQuery(project);
  const empty = (
    <EmptyState
      title="No model version yet"
      detail="A successful run of a pipeline registers what `models:` in pave.yaml names."
    />
  );
  return (
    <Card title={<span id="models">Model versions</span>} flush>
      <QueryView query={query} rows={3}>
        {(versions) => (
          <DataTable
            caption="Model versions"
            rows={versions}
            columns={columns}
            rowKey={(row) => `${row.name} ${row.version}`}
            empty={empty}
          />
        )}
      </QueryView>
    </Card>
  );
}
