import type { Artifact, Run, RunStep, RunSummary } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { readArtifacts } from "../models/index.ts";
import { gramsOf } from "../usage/index.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { type AttemptView, type RunView, readAttempts, readRunView, readSteps, type StepView } from "./read-runs.ts";
import { registrationSchema } from "./register-step.ts";
import { usageOf } from "./run-usage.ts";
import { bindingText } from "./step-definition.ts";
import { whyNoRunner } from "./why-no-runner.ts";

/** A run as the API shows it; undefined when there is none of that number. */
export async function showRun(
  deps: Pick<PipelinesDeps, "gramsCo2ePerKwh" | "connections">,
  ctx: Ctx,
  projectId: string,
  number: number,
): Promise<Run | undefined> {
  const run = await readRunView(ctx, projectId, number);
  if (!run) return undefined;
  const [steps, attempts] = await Promise.all([readSteps(ctx, run.id), readAttempts(ctx, run.id)]);
  const artifacts = await readArtifacts(ctx, [
    ...steps.flatMap((step) => Object.values(step.outputs)),
    ...attempts.flatMap(({ reportIds }) => reportIds),
  ]);
  const byStep = Map.groupBy(attempts, (attempt) => attempt.stepId);
  const waiting = attempts.some((attempt) => isOverdue(ctx, attempt)) ? await whyNoRunner(ctx) : null;
  const usage = usageOf(attempts);
  return {
    ...toSummary(run),
    vars: run.vars,
    trackedRun: run.trackedRunId,
    environment: run.environment,
    pythonEnvironment: run.pythonEnvironment,
    graph: steps.map((step) => toStep(step, byStep.get(step.id) ?? [], artifacts, waiting)),
    datasets: await deps.connections.datasetsOf(
      ctx,
      steps.flatMap((step) => Object.values(step.outputs)),
    ),
    models: steps.flatMap(registered),
    usage: usage && { ...usage, gramsCo2e: gramsOf(usage.energyJoules, deps) },
  };
}

/** Runners take work within milliseconds: one that waits longer has a reason that people want to know. */
const isOverdue = (ctx: Ctx, attempt: AttemptView): boolean =>
  attempt.state === "queued" && ctx.clock.now().getTime() - attempt.queuedAt.getTime() > 3000;

export const toSummary = (run: RunView): RunSummary => ({
  id: run.id,
  number: run.number,
  project: run.project,
  kind: run.kind,
  pipeline: run.pipeline,
  state: run.state,
  cancelRequested: run.cancelRequested,
  revision: run.revision,
  requestedBy: run.requestedBy,
  createdAt: run.createdAt.toISOString(),
  startedAt: timeText(run.startedAt),
  finishedAt: timeText(run.finishedAt),
  steps: run.counts,
  metrics: Object.assign({}, ...run.stepMetrics),
  note: run.note,
  message: run.failure,
});

function toStep(
  step: StepView,
  attempts: readonly AttemptView[],
  artifacts: ReadonlyMap<string, Artifact>,
  waiting: string | null,
): RunStep {
  const { definition } = step;
  const isCommand = definition.kind === "command";
  const ports = isCommand ? [...new Set([...Object.keys(definition.outputs), ...Object.keys(step.outputs)])] : [];
  return {
    id: step.id,
    name: step.name,
    kind: step.kind,
    uses: step.uses,
    state: step.state,
    needs: [...step.needs],
    params: isCommand ? { ...definition.params } : {},
    inputs: isCommand
      ? Object.fromEntries(Object.entries(definition.bindings).map(([port, binding]) => [port, bindingText(binding)]))
      : { model: `${definition.from.step}.${definition.from.output}` },
    outputs: ports.map((port) => ({ port, artifact: artifacts.get(step.outputs[port] ?? "") ?? null })),
    metrics: step.metrics,
    cached:
      step.cachedFrom === null || step.cachedRun === null ? null : { run: step.cachedRun, attempt: step.cachedFrom },
    cacheMiss: step.cacheMiss,
    message: step.message ?? (attempts.at(-1)?.state === "queued" ? waiting : null),
    attempts: attempts.map((attempt) => toAttempt(attempt, artifacts)),
    startedAt: timeText(step.startedAt),
    finishedAt: timeText(step.finishedAt),
  };
}

const toAttempt = (
  { stepId: _, reportIds, ...attempt }: AttemptView,
  artifacts: ReadonlyMap<string, Artifact>,
): RunStep["attempts"][number] => ({
  ...attempt,
  reports: reportIds.flatMap((id) => artifacts.get(id) ?? []),
  queuedAt: attempt.queuedAt.toISOString(),
  startedAt: timeText(attempt.startedAt),
  finishedAt: timeText(attempt.finishedAt),
});

const timeText = (time: Date | null): string | null => time?.toISOString() ?? null;

function registered(step: StepView): Run["models"] {
  const result = step.kind === "register" ? registrationSchema.safeParse(step.result) : undefined;
  return result?.success ? [{ name: result.data.model, version: String(result.data.version) }] : [];
}
