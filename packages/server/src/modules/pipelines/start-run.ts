import { type ProjectSpec, topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { describeValue, orList, suggestion } from "../../kernel/spec/index.ts";
import { createPrincipal } from "../access/index.ts";
import { connectionParamOf, type ResolvedComponent } from "../components/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { assertModelNames } from "../models/index.ts";
import { getRevision, specInvalid, type Vars } from "../projects/index.ts";
import { createTrackedRuns, ensureExperiment, newTrackedRunId } from "../tracking/index.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { resolveSteps } from "./resolve-steps.ts";
import * as runs from "./run-store.ts";
import { wakeReconciler } from "./runs-channel.ts";
import { insertSteps, type NewStep } from "./step-store.ts";

export interface StartRun {
  readonly projectId: string;
  readonly project: string;
  /** Id, number or `latest`. */
  readonly revision: string;
  readonly pipeline: string;
  readonly vars: Vars;
  readonly message: string | null;
  /** Ignore cached results. */
  readonly refresh: boolean;
  /** Whose secrets and connections it gets; of none when absent. */
  readonly environment?: string | undefined;
  readonly cause?: Readonly<Record<string, unknown>>;
}

/** Starts a run. Everything is checked before a row is written; what is wrong is told in one error, all at once. */
export async function startRun(
  deps: PipelinesDeps,
  ctx: Ctx,
  input: StartRun,
): Promise<{ id: string; number: number }> {
  const revision = await getRevision(ctx, input.projectId, input.revision);
  const environment = input.environment ?? null;
  if (environment !== null) await deps.assertRunsFor(ctx, environment);
  const { ok, spec, components, problems } = await deps.projects.checkProject(ctx, revision, input.vars, environment);
  if (!ok || !spec) throw specInvalid(problems);
  assertPipeline(spec, input.pipeline);
  assertVars(spec, input.vars);
  const vars = { ...spec.vars, ...input.vars };
  const resolved = resolveSteps({ spec, pipeline: input.pipeline, components, vars, files: revision.files });
  if (resolved.problems.length > 0) throw specInvalid(resolved.problems);
  const steps = await bindConnections(deps, ctx, { ...input, environment }, components, resolved.steps);
  await assertModelNames(ctx, input.projectId, registeredModels(steps));

  return inTransaction(ctx, async (ctx) => {
    const python = steps.some(needsPython)
      ? await deps.projects.ensurePythonEnvironment(ctx, { ...revision, spec })
      : null;
    return createRun(ctx, {
      ...input,
      kind: "pipeline",
      revisionId: revision.id,
      vars,
      steps,
      environment,
      pythonEnvironmentId: python?.id ?? null,
      cause: input.cause ?? {},
    });
  });
}

/** Steps that read through a connection get to know which, as it is now. */
async function bindConnections(
  deps: PipelinesDeps,
  ctx: Ctx,
  { projectId, environment }: { readonly projectId: string; readonly environment: string | null },
  components: ReadonlyMap<string, ResolvedComponent>,
  steps: readonly NewStep[],
): Promise<readonly NewStep[]> {
  return Promise.all(
    steps.map(async (step) => {
      const { definition } = step;
      const param = connectionParamOf(components.get(step.uses));
      const name = definition.kind === "command" && param !== undefined ? definition.params[param] : undefined;
      if (definition.kind !== "command" || typeof name !== "string") return step;
      const connection = await deps.connections.bind(ctx, { projectId, environment, name });
      return { ...step, definition: { ...definition, connection } };
    }),
  );
}

export const needsPython = ({ definition }: Pick<NewStep, "definition">): boolean =>
  definition.kind === "command" && definition.needsPython;

export interface CreateRun {
  readonly kind: runs.RunKind;
  readonly projectId: string;
  readonly project: string;
  readonly revisionId: string;
  readonly pipeline: string;
  readonly vars: Vars;
  readonly steps: readonly NewStep[];
  readonly message: string | null;
  readonly refresh: boolean;
  readonly pythonEnvironmentId: string | null;
  readonly environment: string | null;
  readonly cause: Readonly<Record<string, unknown>>;
}

/** Writes a run that was checked, in the caller's transaction. */
export async function createRun(ctx: Ctx, input: CreateRun): Promise<{ id: string; number: number }> {
  const id = newId();
  const number = await runs.nextRunNumber(ctx, input.projectId);
  const name = `${input.project} #${number}`;
  const principal = await createPrincipal(ctx, { kind: "run", name });
  const trackedRunId = await trackRun(ctx, { ...input, id, number });
  await runs.insertRun(ctx, {
    ...input,
    id,
    number,
    trackedRunId,
    requestedBy: ctx.actor.principalId,
    principalId: principal.id,
  });
  await insertSteps(
    ctx,
    id,
    input.steps.map((step) => ({ ...step, id: newId() })),
  );
  await recordEvent(ctx, {
    type: "run.requested",
    subjectType: "run",
    subjectId: id,
    projectId: input.projectId,
    revisionId: input.revisionId,
    data: {
      ...{ number, kind: input.kind, pipeline: input.pipeline, refresh: input.refresh },
      ...(input.environment === null ? {} : { environment: input.environment }),
    },
  });
  ctx.hint(topics.run(input.project, number), topics.project(input.project), topics.home);
  wakeReconciler(ctx);
  return { id, number };
}

async function trackRun(ctx: Ctx, run: CreateRun & { id: string; number: number }): Promise<string> {
  const experiment = await ensureExperiment(ctx, { id: run.projectId, name: run.project });
  const runId = newTrackedRunId();
  await createTrackedRuns(ctx, [
    {
      runId,
      experimentId: experiment.id,
      name: `${run.pipeline} #${run.number}`,
      principalId: ctx.actor.principalId,
      userName: ctx.actor.name,
      owner: "pipeline",
      tags: {
        "mlflow.source.name": run.pipeline,
        "mlflow.source.type": "JOB",
        "pave.run": String(run.number),
        "pave.revision": run.revisionId,
        ...(run.message === null ? {} : { "mlflow.note.content": run.message }),
      },
      params: paramsOf(run.steps),
    },
  ]);
  return runId;
}

/** `train.maxDepth` and so on: the params of all steps beside each other. */
const paramsOf = (steps: readonly NewStep[]): Record<string, unknown> =>
  Object.fromEntries(
    steps.flatMap(({ name, definition }) =>
      definition.kind === "command"
        ? Object.entries(definition.params).map(([key, value]) => [`${name}.${key}`, value])
        : [],
    ),
  );

const registeredModels = (steps: readonly NewStep[]): string[] =>
  steps.flatMap(({ definition }) => (definition.kind === "register" ? [definition.model] : []));

function assertPipeline(spec: ProjectSpec, pipeline: string): void {
  const known = Object.keys(spec.pipelines);
  if (known.includes(pipeline)) return;
  throw specInvalid([
    {
      message: `there is no pipeline \`${pipeline}\`${suggestion(pipeline, known)}`,
      fix: known.length === 0 ? "Declare one under `pipelines:`" : `Use ${orList(known)}`,
    },
  ]);
}

/** Only declared variables can be set, to values of the type that was declared. */
function assertVars(spec: ProjectSpec, given: Vars): void {
  const known = Object.keys(spec.vars);
  const problems = Object.entries(given).flatMap(([name, value]) => {
    const declared = Object.hasOwn(spec.vars, name) ? spec.vars[name] : undefined;
    if (declared === undefined) {
      const fix = known.length === 0 ? "Declare it under `vars:` in pave.yaml" : `Use ${orList(known)}`;
      return [{ message: `there is no variable \`${name}\`${suggestion(name, known)}`, fix }];
    }
    if (typeof declared === typeof value) return [];
    const message = `variable \`${name}\`: expected a ${typeof declared} such as ${declared}, found ${describeValue(value)}`;
    return [{ message, fix: "Give a value of that type" }];
  });
  if (problems.length > 0) throw specInvalid(problems);
}
