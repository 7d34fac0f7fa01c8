import type { ModelVersion } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { count, shortDigest } from "../../lib/format.ts";
import { FlowGraph, type FlowNode } from "../../ui/flow-graph.tsx";
import classes from "./lineage.module.css";

const size = { width: 208, height: 60 };

/** Data and revision, the run they went into, the version it made, and where that is live. */
export function Lineage({ version }: { version: ModelVersion }) {
  const { datasets, run, revision } = version.lineage;
  const sources: FlowNode[] = [
    ...datasets.map(({ name, digest, rows }) => ({
      id: `data ${name} ${digest}`,
      ...size,
      content: (
        <Box
          kind="data"
          title={name}
          detail={`${rows === null ? "" : `${count(rows)} rows, `}${shortDigest(digest)}`}
        />
      ),
    })),
    ...(revision
      ? [
          {
            id: "revision",
            ...size,
            content: <Box kind="revision" title={`Revision ${revision.number}`} detail={revisionDetail(revision)} />,
          },
        ]
      : []),
  ];
  const middle: FlowNode[] = run
    ? [{ id: "run", ...size, content: <RunBox project={version.project} run={run} /> }]
    : [];
  const own: FlowNode = {
    id: "version",
    ...size,
    content: (
      <Box
        kind="model version"
        title={`${version.name} version ${version.version}`}
        detail={shortDigest(version.digest)}
        isSelf
      />
    ),
  };
  const live: FlowNode[] = version.live.map(({ environment, deployment }) => ({
    id: `live ${environment}/${deployment}`,
    ...size,
    content: (
      <Link
        to="/projects/$project/deployments/$environment/$deployment"
        params={{ project: version.project, environment, deployment }}
        className={classes.link}
      >
        <Box kind="deployment" title={`${environment} / ${deployment}`} detail="live now" />
      </Link>
    ),
  }));
  const into = run ? "run" : "version";
  return (
    <FlowGraph
      label="Lineage of the model version"
      maxHeight={320}
      nodes={[...sources, ...middle, own, ...live]}
      edges={[
        ...sources.map(({ id }) => ({ from: id, to: into })),
        ...middle.map(({ id }) => ({ from: id, to: "version" })),
        ...live.map(({ id }) => ({ from: "version", to: id, tone: "done" as const })),
      ]}
    />
  );
}

function revisionDetail({ digest, git }: NonNullable<ModelVersion["lineage"]["revision"]>): string {
  const commit =
    typeof git === "object" && git !== null && "commit" in git && typeof git.commit === "string" ? git.commit : null;
  return commit ? `commit ${commit.slice(0, 10)}` : shortDigest(digest);
}

function RunBox({ project, run }: { project: string; run: { number: number; pipeline: string } }) {
  return (
    <Link to="/projects/$project/runs/$run" params={{ project, run: String(run.number) }} className={classes.link}>
      <Box kind="run" title={`Run ${run.number}`} detail={`pipeline ${run.pipeline}`} />
    </Link>
  );
}

function Box({
  kind,
  title,
  detail,
  isSelf = false,
}: {
  kind: string;
  title: string;
  detail: ReactNode;
  isSelf?: boolean;
}) {
  return (
    <div className={classes.box} data-self={isSelf || undefined}>
      <span className={classes.kind}>{kind}</span>
      <span className={classes.title}>{title}</span>
      <span className={classes.detail}>{detail}</span>
    </div>
  );
}
