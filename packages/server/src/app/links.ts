/**
 * What modules are handed of each other: a module imports only lower ones, and gets by a function what it needs of a
 * higher one.
 */
import type { Ctx } from "../db/context.ts";
import { PaveError } from "../kernel/pave-error.ts";
import { getVersion, type ModelNames } from "../modules/models/index.ts";
import {
  type createPipelines,
  evaluationStep,
  registeredVersion,
  runResult,
  runUsage,
} from "../modules/pipelines/index.ts";
import type { createPlans } from "../modules/plans/index.ts";
import { getEnvironment, type startProjectRoutes } from "../modules/projects/index.ts";
import { type createReleases, renameEvaluated } from "../modules/releases/index.ts";
import type { createRepositories } from "../modules/repositories/index.ts";
import { type createServing, renameReleased, whereLive } from "../modules/serving/index.ts";

type Pipelines = ReturnType<typeof createPipelines>;
type ForReleases = Parameters<typeof createReleases>[0];
type ForRepositories = Parameters<typeof createRepositories>[0];
type ForServing = Parameters<typeof createServing>[0];
type ForStart = Parameters<typeof startProjectRoutes>[1];

/** Do plans of this environment take approvals? */
export const isGuarded = async (ctx: Ctx, name: string): Promise<boolean> =>
  (await getEnvironment(ctx, name)).spec.approvals.quorum > 0;

/** A run gets what belongs to its environment, so it is not a way past the approvals of one. */
export async function assertRunsFor(ctx: Ctx, environment: string): Promise<void> {
  if (await isGuarded(ctx, environment))
    throw new PaveError(
      "access.denied",
      `A run for ${environment} would get what belongs to it, and the plans of ${environment} take approvals`,
      { fix: "Run for an environment without approvals, or for none; `pave environments list` shows them" },
    );
}

/** What serving has to know of a model. */
export const modelInterface: ForServing["modelInterface"] = async (ctx, model, number) => {
  const found = await getVersion(ctx, model, String(number));
  return {
    signature: found.signature && { inputs: [...found.signature.inputs] },
    inputExample: found.inputExample,
  };
};

/** What releases ask of pipelines: evaluations of a model on another test set, and what runs gave. */
export const evaluationsOf = (pipelines: Pipelines): ForReleases["pipelines"] => ({
  startEvaluation: (ctx, input) =>
    pipelines.startEvaluation(ctx, {
      ...input,
      modelArtifactId: input.model.artifactId,
      message: `${input.model.name} version ${input.model.version} on another test set`,
      cause: { model: input.model.name, version: input.model.version },
    }),
  async evaluationResult(ctx, runId) {
    const { state, message, steps } = await runResult(ctx, runId);
    return {
      state: state === "queued" ? "running" : state,
      message,
      metrics: steps[evaluationStep]?.metrics ?? {},
    };
  },
  registeredVersion,
  runUsage,
});

/** What a push may set off. */
export const workForPushes = ({
  pipelines,
  releases,
  plans,
}: {
  readonly pipelines: Pipelines;
  readonly releases: ReturnType<typeof createReleases>;
  readonly plans: ReturnType<typeof createPlans>;
}): Pick<ForRepositories, "startRun" | "runState" | "createPlan" | "showPlan" | "assertEnvironment"> => ({
  startRun: (ctx, { project, revision, pipeline, message }) =>
    pipelines.startRun(ctx, {
      projectId: project.id,
      project: project.name,
      revision: revision.id,
      pipeline,
      vars: {},
      message,
      refresh: false,
      cause: { push: true },
    }),
  runState: runResult,
  createPlan: (ctx, { project, revision, environment, message }) =>
    releases.createPlan(ctx, {
      projectId: project.id,
      project: project.name,
      environment,
      revision: String(revision),
      message,
    }),
  showPlan: (ctx, project, number) => plans.show(ctx, { projectId: project.id, number }),
  assertEnvironment: async (ctx, name) => void (await getEnvironment(ctx, name)),
});

/** What is kept of a model by its name. */
export const modelNames: ModelNames = {
  whereLive,
  async renamed(ctx, from, to) {
    await renameReleased(ctx, from, to);
    await renameEvaluated(ctx, from, to);
  },
};

/** The run that a new project begins with. */
export const firstRunOf =
  (pipelines: Pipelines): ForStart["startRun"] =>
  (ctx, { project, revisionId, pipeline }) =>
    pipelines.startRun(ctx, {
      projectId: project.id,
      project: project.name,
      revision: revisionId,
      pipeline,
      vars: {},
      message: "first run",
      refresh: false,
    });
