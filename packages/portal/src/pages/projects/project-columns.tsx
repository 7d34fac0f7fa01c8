import { Group, Stack } from "@mantine/core";
import type { ProjectSummary } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import type { Column } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";

export const projectColumns: readonly Column<ProjectSummary>[] = [
  {
    key: "name",
    title: "Project",
    cell: (row) => (
      <div style={{ minWidth: 180, maxWidth: 720 }}>
        <Link to="/projects/$project" params={{ project: row.name }} className="link" style={{ fontWeight: 600 }}>
          {row.name}
        </Link>
        <div className={layout.soft}>{row.description || row.title}</div>
      </div>
    ),
  },
  { key: "health", title: "Health", cell: (row) => <StateBadge state={row.health} /> },
  { key: "owner", title: "Owner", tight: true, cell: (row) => row.owner },
  { key: "tier", title: "Tier", cell: (row) => <Pill>{row.tier}</Pill> },
  { key: "run", title: "Last run", tight: true, cell: (row) => <LastRun project={row} /> },
  { key: "live", title: "Live", tight: true, cell: (row) => <Live project={row} /> },
  {
    key: "plans",
    title: "Open plans",
    numeric: true,
    cell: (row) =>
      row.openPlans > 0 ? <Pill tone="warn">{row.openPlans}</Pill> : <span className={layout.soft}>0</span>,
  },
];

function LastRun({ project: { name, lastRun } }: { project: ProjectSummary }) {
  if (!lastRun) return <span className={layout.soft}>no run yet</span>;
  return (
    <Group gap={8} wrap="nowrap">
      <StateBadge state={lastRun.state} compact />
      <Link to="/projects/$project/runs/$run" params={{ project: name, run: String(lastRun.number) }} className="link">
        run {lastRun.number}
      </Link>
      <span className={layout.soft}>
        <TimeAgo at={lastRun.at} />
      </span>
    </Group>
  );
}

function Live({ project }: { project: ProjectSummary }) {
  const live = project.deployments.filter(({ modelVersion }) => modelVersion !== null);
  if (live.length === 0) return <span className={layout.soft}>nothing</span>;
  return (
    <Stack gap={2} align="flex-start">
      {live.map(({ environment, name, modelVersion }) => (
        <Link
          key={`${environment}/${name}`}
          to="/projects/$project/deployments/$environment/$deployment"
          params={{ project: project.name, environment, deployment: name }}
          className="link"
        >
          {environment} <span className={layout.soft}>version {modelVersion}</span>
        </Link>
      ))}
    </Stack>
  );
}
