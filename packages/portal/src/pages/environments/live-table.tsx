import type { Deployment } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { milliseconds, percent, perMinute } from "../../lib/format.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";

const name: Column<Deployment> = {
  key: "name",
  title: "Deployment",
  cell: ({ project, environment, name }) => (
    <Link
      to="/projects/$project/deployments/$environment/$deployment"
      params={{ project, environment, deployment: name }}
      className="link"
      style={{ fontWeight: 550 }}
    >
      {project} / {name}
    </Link>
  ),
};
const live: Column<Deployment> = {
  key: "live",
  title: "Live",
  tight: true,
  cell: ({ active, project }) =>
    active ? (
      <>
        <Link
          to="/projects/$project/models/$model/versions/$version"
          params={{ project, model: active.model, version: active.modelVersion }}
          className="link"
        >
          {active.model} version {active.modelVersion}
        </Link>
        <div className={layout.soft}>
          release {active.number}, revision {active.revision.number}
        </div>
      </>
    ) : (
      <span className={layout.soft}>nothing</span>
    ),
};
const since: Column<Deployment> = {
  key: "since",
  title: "Since",
  tight: true,
  cell: ({ active }) =>
    active?.activatedAt ? (
      <>
        <TimeAgo at={active.activatedAt} />
        <div className={layout.soft}>by {active.createdBy.name}</div>
      </>
    ) : (
      <span className={layout.soft}>–</span>
    ),
};
const health: Column<Deployment> = {
  key: "health",
  title: "Health",
  cell: (row) => <StateBadge state={row.health} />,
};
const traffic: Column<Deployment> = {
  key: "traffic",
  title: "Last 5 minutes",
  tight: true,
  cell: ({ now }) =>
    now.requestsPerMinute === 0 ? (
      <span className={layout.soft}>no requests</span>
    ) : (
      `${perMinute(now.requestsPerMinute)}, p99 ${milliseconds(now.p99Ms)}, ${percent(now.errorRate)} errors`
    ),
};

/** Which release runs there since when. */
export function LiveTable({ deployments, isShort = false }: { deployments: readonly Deployment[]; isShort?: boolean }) {
  return (
    <DataTable
      caption="Deployments"
      rows={deployments}
      columns={isShort ? [name, live, since] : [name, live, since, health, traffic]}
      rowKey={({ id }) => id}
      empty={<EmptyState title="Nothing runs here" detail="An applied plan of a project puts a release here." />}
    />
  );
}
