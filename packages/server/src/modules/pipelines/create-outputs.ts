import type { OutputManifest } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { AttemptRow } from "./attempt-store.ts";
import { outputProblem } from "./output-problem.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import type { StepDefinition } from "./step-definition.ts";
import type { OpenStep } from "./step-kinds.ts";

/** Makes artifacts of what an attempt wrote. Gives them by port. */
export async function createOutputs(
  { artifacts }: Pick<PipelinesDeps, "artifacts">,
  ctx: Ctx,
  { run, step }: OpenStep,
  attempt: Pick<AttemptRow, "id">,
  written: readonly OutputManifest[],
): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const { port, type, format, files, metadata } of written) {
    const artifact = await artifacts.createArtifact(ctx, {
      projectId: run.projectId,
      type,
      format,
      name: `${step.name}.${port}`,
      files,
      metadata,
      attemptId: attempt.id,
    });
    outputs[port] = artifact.id;
  }
  return outputs;
}

/**
 * Of a failed attempt, what it left for people to read. These are artifacts of the attempt and no outputs of the step:
 * nothing is made from them.
 */
export async function createReports(
  deps: Pick<PipelinesDeps, "artifacts">,
  ctx: Ctx,
  open: OpenStep,
  attempt: Pick<AttemptRow, "id">,
  written: readonly OutputManifest[],
): Promise<void> {
  const reports = written.filter((output) => output.type === "report" && isDeclared(open.definition, output));
  await createOutputs(deps, ctx, open, attempt, reports);
}

const isDeclared = (definition: StepDefinition, output: OutputManifest): boolean => {
  if (definition.kind !== "command") return false;
  const { [output.port]: port } = definition.outputs;
  return outputProblem(port ? { [output.port]: { ...port, required: false } } : {}, [output]) === undefined;
};
