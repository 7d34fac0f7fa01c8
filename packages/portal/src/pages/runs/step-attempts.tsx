import type { RunStep } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { bytes, duration, energy } from "../../lib/format.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { ArtifactFiles } from "./artifact-files.tsx";
import { StepIsolation } from "./step-isolation.tsx";
import classes from "./step-panel.module.css";

type Attempt = RunStep["attempts"][number];

const waited = ({ queuedAt, startedAt }: Attempt): string =>
  startedAt ? duration((Date.parse(startedAt) - Date.parse(queuedAt)) / 1000) : "–";

const columnsFor = (project: string): readonly Column<Attempt>[] => [
  {
    key: "number",
    title: "Attempt",
    cell: (row) =>
      row.trackedRun === null ? (
        <b>{row.number}</b>
      ) : (
        <Link
          to="/projects/$project/runs/$run"
          params={{ project, run: row.trackedRun }}
          className="link"
          title="What it tracked"
        >
          <b>{row.number}</b>
        </Link>
      ),
  },
  { key: "state", title: "State", cell: (row) => <StateBadge state={row.state} /> },
  {
    key: "why",
    title: "End",
    cell: (row) => (
      <>
        {row.reason ? <b>{row.reason}</b> : null}{" "}
        {row.signal ?? (row.exitCode === null ? "" : `exit code ${row.exitCode}`)}
        {row.message ? (
          <div className={layout.soft} style={{ maxWidth: 420, overflowWrap: "anywhere" }}>
            {row.message}
          </div>
        ) : null}
        {row.reports.map((report) => (
          <ArtifactFiles key={report.id} project={project} artifact={report} />
        ))}
      </>
    ),
  },
  { key: "started", title: "Started", cell: (row) => <TimeAgo at={row.startedAt} /> },
  { key: "waited", title: "Waited", numeric: true, cell: waited },
  { key: "wall", title: "Took", numeric: true, cell: (row) => duration(row.usage?.wallSeconds) },
  { key: "cpu", title: "CPU time", numeric: true, cell: (row) => duration(row.usage?.cpuSeconds) },
  { key: "memory", title: "Peak memory", numeric: true, cell: (row) => bytes(row.usage?.peakMemoryBytes) },
  {
    key: "energy",
    title: "Energy",
    numeric: true,
    cell: ({ usage }) => (usage ? <span title={usage.energyMethod}>{energy(usage.energyJoules)}</span> : "–"),
  },
];

export function StepAttempts({ project, step }: { project: string; step: RunStep }) {
  const method = step.attempts.find(({ usage }) => usage)?.usage?.energyMethod;
  return (
    <>
      <DataTable
        caption="Attempts"
        rows={step.attempts}
        columns={columnsFor(project)}
        rowKey={(row) => row.id}
        empty={
          <p className={classes.note}>
            {step.cached ? "Nothing was tried: the result came from the cache." : "Nothing was tried yet."}
          </p>
        }
      />
      <StepIsolation attempts={step.attempts} />
      {method ? (
        <p className={classes.note}>Energy is modelled, not measured: {method.replace(/^modelled: /, "")}.</p>
      ) : null}
    </>
  );
}
