import type { Artifact, Run, RunStep } from "@pave/contract";
import { bytes, count, shortDigest } from "../../lib/format.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { ArtifactFiles } from "./artifact-files.tsx";
import classes from "./step-panel.module.css";

interface Port {
  readonly port: string;
  /** What the port is bound to, for inputs. */
  readonly from: string | null;
  readonly artifact: Artifact | null;
}

/** What the step read and what it wrote; artifacts never change, so their digest says exactly which. */
export function StepArtifacts({ run, step }: { run: Run; step: RunStep }) {
  const inputs = Object.entries(step.inputs).map(
    ([port, from]): Port => ({ port, from, artifact: artifactOf(run, from) }),
  );
  const outputs = step.outputs.map(({ port, artifact }): Port => ({ port, from: null, artifact }));
  const columns = columnsFor(run.project);
  return (
    <>
      <h3 className={classes.heading}>Inputs</h3>
      <DataTable
        caption="Inputs"
        rows={inputs}
        columns={columns}
        rowKey={(row) => row.port}
        empty={<p className={classes.note}>The step takes no inputs from other steps.</p>}
      />
      <h3 className={classes.heading}>Outputs</h3>
      <DataTable
        caption="Outputs"
        rows={outputs}
        columns={columns}
        rowKey={(row) => row.port}
        empty={<p className={classes.note}>Nothing was written yet.</p>}
      />
    </>
  );
}

/** An input is bound to `step.port` of the same run. */
function artifactOf(run: Run, from: string): Artifact | null {
  const at = from.lastIndexOf(".");
  const source = run.graph.find(({ name }) => name === from.slice(0, at));
  return source?.outputs.find(({ port }) => port === from.slice(at + 1))?.artifact ?? null;
}

const columnsFor = (project: string): readonly Column<Port>[] => [
  {
    key: "port",
    title: "Port",
    width: 200,
    cell: (row) => (
      <>
        <b>{row.port}</b>
        {row.from ? <div className={layout.soft}>from {row.from}</div> : null}
      </>
    ),
  },
  {
    key: "type",
    title: "Type",
    width: 170,
    cell: ({ artifact }) =>
      artifact ? <Pill>{[artifact.type, artifact.format].filter(Boolean).join(", ")}</Pill> : "–",
  },
  {
    key: "digest",
    title: "Digest",
    width: 150,
    cell: ({ artifact }) => <code title={artifact?.digest}>{shortDigest(artifact?.digest)}</code>,
  },
  { key: "size", title: "Size", width: 100, numeric: true, cell: ({ artifact }) => bytes(artifact?.bytes) },
  {
    key: "files",
    title: "Files",
    width: 260,
    cell: ({ artifact }) =>
      artifact ? (
        <ArtifactFiles project={project} artifact={artifact} />
      ) : (
        <span className={layout.soft}>not there yet</span>
      ),
  },
  { key: "metadata", title: "Metadata", cell: ({ artifact }) => <Metadata metadata={artifact?.metadata ?? {}} /> },
];

function Metadata({ metadata }: { metadata: Record<string, unknown> }) {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return <span className={layout.soft}>–</span>;
  const facts = [
    ...entries.filter(([, value]) => typeof value === "number"),
    ...entries.filter(([, value]) => typeof value === "string"),
  ].slice(0, 3);
  return (
    <details>
      <summary className={classes.summary}>
        {facts
          .map(([name, value]) => `${name} ${typeof value === "number" ? count(value) : String(value)}`)
          .join(", ") || `${entries.length} entries`}
      </summary>
      <pre className={classes.metadata}>{JSON.stringify(metadata, null, 2)}</pre>
    </details>
  );
}
