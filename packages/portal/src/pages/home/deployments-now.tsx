import type { Home } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { milliseconds, percent, perMinute } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Pill } from "../../ui/pill.tsx";
import classes from "./home.module.css";

type Row = Home["deployments"][number];

const columns: readonly Column<Row>[] = [
  {
    key: "name",
    title: "Deployment",
    cell: (row) => (
      <Link to={row.href} className={`link ${classes.itemTitle}`}>
        {row.project} / {row.name}
      </Link>
    ),
  },
  { key: "environment", title: "Environment", cell: (row) => <Pill>{row.environment}</Pill> },
  {
    key: "version",
    title: "Live",
    tight: true,
    cell: (row) => (row.modelVersion ? `version ${row.modelVersion}` : "–"),
  },
  { key: "traffic", title: "Traffic", numeric: true, cell: (row) => perMinute(row.requestsPerMinute) },
  {
    key: "errors",
    title: "Errors",
    numeric: true,
    cell: (row) =>
      row.requestsPerMinute === 0 ? (
        "–"
      ) : (
        <span data-bad={row.errorRate > 0.01 || undefined}>{percent(row.errorRate, 2)}</span>
      ),
  },
  { key: "p99", title: "p99 latency", numeric: true, cell: (row) => milliseconds(row.p99Ms) },
];

/** Numbers of the last five minutes. */
export function DeploymentsNow({ deployments }: { deployments: Home["deployments"] }) {
  return (
    <Card title="Deployments" aside="last 5 minutes" flush>
      <DataTable
        caption="Deployments and their traffic of the last five minutes"
        rows={deployments}
        columns={columns}
        rowKey={(row) => row.href}
        empty={
          <p className={classes.nothing}>
            Nothing is deployed yet. <code>pave deploy --to staging</code> plans the first release of a project.
          </p>
        }
      />
    </Card>
  );
}
