import type { Artifact, Run } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { Callout } from "../../ui/callout.tsx";
import { WithCode } from "../../ui/with-code.tsx";
import { ArtifactFiles } from "./artifact-files.tsx";
import { splitFix } from "./split-fix.ts";

/** What one must know first: why it failed and the fix, or what it made. */
export function RunOutcome({ run }: { run: Run }) {
  const python = run.pythonEnvironment;
  if (python?.error)
    return (
      <Callout tone="bad" title="The Python environment could not be made">
        {python.error}
      </Callout>
    );
  const failed = run.graph.find(({ state }) => state === "failed");
  if (failed || run.state === "failed")
    return (
      <Failure
        project={run.project}
        step={failed?.name}
        message={failed?.message ?? run.message ?? "no reason was recorded"}
        reports={failed?.attempts.at(-1)?.reports ?? []}
      />
    );
  if (run.models.length > 0) return <Registered run={run} />;
  if (python && python.state !== "ready" && run.state === "running")
    return (
      <Callout tone="busy" title="The Python environment is being made">
        Steps start when it is ready. The next run of the same lock finds it.
      </Callout>
    );
  return null;
}

interface FailureProps {
  readonly project: string;
  readonly step: string | undefined;
  readonly message: string;
  readonly reports: readonly Artifact[];
}

function Failure({ project, step, message, reports }: FailureProps) {
  const { problem, fix } = splitFix(message);
  return (
    <Callout tone="bad" title={step ? `Step ${step} failed` : "The run failed"}>
      {problem}
      {fix ? (
        <div style={{ marginTop: 6 }}>
          <b>Fix: </b>
          <WithCode text={fix} />
        </div>
      ) : null}
      {reports.length > 0 ? (
        <div style={{ marginTop: 6 }}>
          <b>What it left to read:</b>
          {reports.map((report) => (
            <ArtifactFiles key={report.id} project={project} artifact={report} />
          ))}
        </div>
      ) : null}
    </Callout>
  );
}

function Registered({ run }: { run: Run }) {
  return (
    <Callout
      tone="good"
      title={
        <>
          Registered{" "}
          {run.models.map(({ name, version }, index) => (
            <span key={`${name} ${version}`}>
              {index > 0 ? ", " : ""}
              <Link
                to="/projects/$project/models/$model/versions/$version"
                params={{ project: run.project, model: name, version }}
                style={{ textDecoration: "underline" }}
              >
                {name} version {version}
              </Link>
            </span>
          ))}
        </>
      }
    />
  );
}
