import { Checkbox, Group } from "@mantine/core";
import type { ClientOutput, routes } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { bytes, metric, spaced } from "../../lib/format.ts";
import { sortMetrics } from "../../lib/metric-direction.ts";
import type { Column } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";

export type VersionSummary = ClientOutput<typeof routes.listModelVersions>["items"][number];

const mostMetrics = 4;

/** Names of what at least one version was measured by, those that judge it first. */
export const metricsOf = (versions: readonly VersionSummary[]): string[] =>
  sortMetrics([...new Set(versions.flatMap(({ metrics }) => Object.keys(metrics)))]);

export function versionColumns(input: {
  readonly project: string;
  readonly versions: readonly VersionSummary[];
  readonly selected: readonly string[];
  readonly onSelect: (version: string, isSelected: boolean) => void;
}): readonly Column<VersionSummary>[] {
  const { project, versions, selected, onSelect } = input;
  return [
    {
      key: "select",
      title: "",
      width: 34,
      cell: ({ version }) => (
        <Checkbox
          size="xs"
          aria-label={`Compare version ${version}`}
          checked={selected.includes(version)}
          disabled={selected.length >= 2 && !selected.includes(version)}
          onChange={(event) => onSelect(version, event.currentTarget.checked)}
        />
      ),
    },
    {
      key: "version",
      title: "Version",
      cell: ({ name, version }) => (
        <Link
          to="/projects/$project/models/$model/versions/$version"
          params={{ project, model: name, version }}
          className="link"
        >
          <b>version {version}</b>
        </Link>
      ),
    },
    { key: "status", title: "Status", cell: (row) => <StateBadge state={row.status} /> },
    {
      key: "aliases",
      title: "Aliases",
      cell: (row) => (
        <Group gap={4}>
          {row.aliases.map((alias) => (
            <Pill key={alias}>@{alias}</Pill>
          ))}
          {row.aliases.length === 0 ? <span className={layout.soft}>–</span> : null}
        </Group>
      ),
    },
    {
      key: "where",
      title: "Live in",
      cell: (row) => (
        <Group gap={4}>
          {row.live.map(({ environment, deployment }) => (
            <Pill key={`${environment}/${deployment}`} tone="good">
              {environment}
            </Pill>
          ))}
          {row.live.length === 0 ? <span className={layout.soft}>–</span> : null}
        </Group>
      ),
    },
    ...metricsOf(versions)
      .slice(0, mostMetrics)
      .map((name) => ({
        key: `metric ${name}`,
        title: spaced(name),
        numeric: true,
        cell: ({ metrics }: VersionSummary) => (metrics[name] === undefined ? "–" : metric(metrics[name])),
      })),
    { key: "size", title: "Size", numeric: true, tight: true, cell: (row) => bytes(row.bytes) },
    {
      key: "when",
      title: "Registered",
      tight: true,
      cell: (row) => (
        <span title={`by ${row.createdBy.name}`}>
          <TimeAgo at={row.createdAt} />
        </span>
      ),
    },
  ];
}
