import type { ComparedRun } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { shortDigest } from "../../lib/format.ts";
import layout from "../../ui/layout.module.css";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Elapsed, TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./compare.module.css";
import type { CompareRow } from "./compare-table.tsx";
import { datasetRows, digestOf } from "./rows.ts";

const nothing = <span className={layout.soft}>–</span>;

/** Where each run came from: code, data, environment; what differs is marked, since it may explain the numbers. */
export function aboutRows(project: string, runs: readonly ComparedRun[]): CompareRow[] {
  const differs = (value: (run: ComparedRun) => string | null) => new Set(runs.map(value)).size > 1;
  const codeOf = (run: ComparedRun) => run.revision?.id ?? run.commit;
  return [
    { name: "State", cell: (run) => <StateBadge state={run.isDeleted ? "deleted" : run.state} /> },
    {
      name: "Started",
      cell: (run) => (
        <>
          <TimeAgo at={run.startedAt} /> <span className={layout.soft}>by {run.author || "somebody"}</span>
        </>
      ),
    },
    { name: "Took", cell: (run) => <Elapsed from={run.startedAt} to={run.finishedAt} /> },
    { name: "Code", differs: differs(codeOf), cell: (run) => <Code run={run} /> },
    ...(runs.some(({ pythonEnvironment }) => pythonEnvironment !== null)
      ? [
          {
            name: "Python environment",
            differs: differs((run) => run.pythonEnvironment),
            cell: (run: ComparedRun) => digest(run.pythonEnvironment),
          },
        ]
      : []),
    ...datasetRows(runs).map(
      (row): CompareRow => ({
        name: `data ${row.name}`,
        title: `Data: ${row.name}`,
        differs: row.differs,
        cell: (run) => digest(digestOf(run, row.name)),
      }),
    ),
    {
      name: "Model versions",
      cell: (run) =>
        run.models.length === 0
          ? nothing
          : run.models.map(({ name, version }) => (
              <div key={`${name} ${version}`}>
                <Link
                  to="/projects/$project/models/$model/versions/$version"
                  params={{ project, model: name, version }}
                  className="link"
                >
                  {name} <b>version {version}</b>
                </Link>
              </div>
            )),
    },
  ];
}

const digest = (value: string | null) =>
  value === null ? (
    nothing
  ) : (
    <span className={classes.mono} title={value}>
      {shortDigest(value)}
    </span>
  );

function Code({ run: { revision, commit } }: { run: ComparedRun }) {
  if (revision === null)
    return commit ? (
      <span className={classes.mono} title={commit}>
        {commit.slice(0, 12)}
      </span>
    ) : (
      nothing
    );
  const { git, message, number } = revision;
  return (
    <Fragment>
      revision {number}
      {git?.commit ? (
        <>
          {" "}
          <span className={classes.mono} title={git.commit}>
            {git.commit.slice(0, 8)}
          </span>
          {git.dirty ? <span className={layout.soft}> with changes not committed</span> : null}
        </>
      ) : null}
      {message ? <div className={layout.soft}>{message}</div> : null}
    </Fragment>
  );
}
