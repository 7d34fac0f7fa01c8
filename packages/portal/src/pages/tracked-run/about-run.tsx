import type { TrackedRunPage } from "@pave/contract";
import { bytes, exactTime } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { type Fact, Facts } from "../../ui/facts.tsx";
import layout from "../../ui/layout.module.css";
import { Elapsed, TimeAgo } from "../../ui/time-ago.tsx";
import { RunLink } from "../run-list/run-link.tsx";
import { ExperimentLink } from "./experiment-link.tsx";

/** Who ran it, when, how long, and from which code. */
export function AboutRun({ project, run }: { project: string; run: TrackedRunPage }) {
  const { source, parent } = run;
  const facts: Fact[] = [
    {
      label: "Started",
      value: (
        <>
          <TimeAgo at={run.startedAt} /> <span className={layout.soft}>by {run.author || "somebody"}</span>
        </>
      ),
    },
    { label: "Took", value: <Elapsed from={run.startedAt} to={run.finishedAt} /> },
    { label: "Ended", value: run.finishedAt ? exactTime(run.finishedAt) : "not yet" },
    { label: "Experiment", value: <ExperimentLink project={project} run={run} /> },
    ...(parent
      ? [
          {
            label: "Parent",
            value: (
              <RunLink project={project} run={parent}>
                {parent.name}
              </RunLink>
            ),
          },
        ]
      : []),
    ...(source.name
      ? [{ label: source.type === "NOTEBOOK" ? "Notebook" : "Source", value: <code>{source.name}</code> }]
      : []),
    ...(source.commit
      ? [{ label: "Commit", value: <Commit commit={source.commit} repository={source.repository} /> }]
      : []),
    ...(source.branch ? [{ label: "Branch", value: source.branch }] : []),
    { label: "Files", value: run.files.count === 0 ? "none" : `${run.files.count}, ${bytes(run.files.bytes)}` },
  ];
  return (
    <Card title="About this run">
      <Facts facts={facts} />
      <div style={{ marginTop: 12 }}>
        <CopyLine text={run.id} label="Copy the run's id" />
      </div>
    </Card>
  );
}

function Commit({ commit, repository }: { commit: string; repository: string | null }) {
  const short = <code title={commit}>{commit.slice(0, 12)}</code>;
  // only an address that leads to a page: what a client wrote there may be anything
  const address = /^https:\/\/[\w.-]+\/[\w./-]+$/.exec(repository ?? "")?.[0].replace(/\.git$/, "");
  if (!address || !/^[0-9a-f]{7,64}$/.test(commit)) return short;
  return (
    <a className="link" href={`${address}/commit/${commit}`} target="_blank" rel="noreferrer noopener">
      {short}
    </a>
  );
}
