import { type Ctx, inTransaction } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { assertActive, type ExperimentHead, trackingNotFound } from "./experiment.ts";
import { setTags, tagText } from "./log-tracked.ts";
import { randomRunName } from "./random-run-name.ts";
import * as store from "./run-store.ts";
import { assertChangeable, type RunHead, type TrackedRun, type TrackedStatus } from "./tracked-run.ts";
import { newTrackedRunId } from "./tracked-run-id.ts";
import { createTrackedRuns, runLocation, tagsOf } from "./tracked-runs.ts";

export interface StartClientRun {
  readonly name?: string;
  readonly userName: string;
  readonly startTime: Date;
  readonly tags: Readonly<Record<string, string>>;
}

/** A run that a client starts. A retry makes another one: nothing in the request says which it is. */
export async function startClientRun(ctx: Ctx, experiment: ExperimentHead, input: StartClientRun): Promise<TrackedRun> {
  assertActive(`experiment ${experiment.id}`, experiment.isDeleted);
  return start(ctx, experiment, input, {});
}

/**
 * The same with an attempt's token: the first one is the attempt's own run, which is there already; later ones are made
 * below it, in the experiment of the attempt, whatever the client says.
 */
export async function startAttemptRun(ctx: Ctx, attemptRunId: string, input: StartClientRun): Promise<TrackedRun> {
  return inTransaction(ctx, async (ctx) => {
    if (await store.adoptRun(ctx, attemptRunId)) {
      if (input.name !== undefined) await store.updateRun(ctx, attemptRunId, { name: tagText(input.name) });
      const { "mlflow.parentRunId": _, ...tags } = input.tags;
      await setTags(ctx, attemptRunId, {
        ...tags,
        ...(input.name === undefined ? {} : { "mlflow.runName": input.name }),
      });
      return must(await store.findRun(ctx, attemptRunId), "the attempt's run");
    }
    const {
      experimentId: id,
      projectId,
      project,
    } = must(await store.findRunHead(ctx, attemptRunId), "the attempt's run");
    const experiment = { id, projectId, project, name: project, isDeleted: false };
    return start(ctx, experiment, input, { attemptRunId, parentRunId: attemptRunId });
  });
}

async function start(
  ctx: Ctx,
  experiment: ExperimentHead,
  input: StartClientRun,
  place: { readonly attemptRunId?: string; readonly parentRunId?: string },
): Promise<TrackedRun> {
  const { startTime } = input;
  // as long as the tags that say the same
  const userName = tagText(input.userName);
  const [runId, name] = [newTrackedRunId(), tagText(input.name || randomRunName())];
  const run = { runId, experimentId: experiment.id, name, userName, owner: "client", startTime } as const;
  const started = { ...run, ...place, principalId: ctx.actor.principalId, tags: input.tags };
  await createTrackedRuns(ctx, [started]);
  return {
    ...run,
    tags: tagsOf(started),
    projectId: experiment.projectId,
    project: experiment.project,
    status: "RUNNING",
    isDeleted: false,
    attemptRunId: place.attemptRunId ?? null,
    artifactUri: runLocation(experiment.id, run.runId),
    endTime: null,
    metrics: [],
    params: {},
    datasets: [],
    models: [],
  };
}

export interface UpdateClientRun {
  readonly status?: TrackedStatus | undefined;
  readonly endTime?: Date | undefined;
  readonly name?: string | undefined;
}

/**
 * A client ends or renames a run. That an attempt's code ends the attempt's run changes nothing: the platform ends it
 * when the attempt is over, and knows better how.
 */
export async function updateClientRun(
  ctx: Ctx,
  run: RunHead,
  input: UpdateClientRun,
  ownAttempt: string | null,
): Promise<RunHead> {
  const isOwn = run.owner === "attempt" && run.runId === ownAttempt;
  const ends = !isOwn && (input.status !== undefined || input.endTime !== undefined);
  assertChangeable(run, ends ? "end" : "note", ownAttempt);
  const name = input.name === undefined ? undefined : tagText(input.name);
  await store.updateRun(ctx, run.runId, {
    ...(name === undefined ? {} : { name }),
    ...(ends && input.status !== undefined ? { status: input.status } : {}),
    ...(ends && input.endTime !== undefined ? { end_time: input.endTime } : {}),
  });
  if (name !== undefined) await setTags(ctx, run.runId, { "mlflow.runName": name });
  return {
    ...run,
    name: name ?? run.name,
    status: (ends ? input.status : undefined) ?? run.status,
    endTime: (ends ? input.endTime : undefined) ?? run.endTime,
  };
}

/** Marks a run as deleted, or takes that back; what it logged stays. */
export async function moveClientRun(
  ctx: Ctx,
  run: RunHead,
  stage: "active" | "deleted",
  ownAttempt: string | null,
): Promise<void> {
  assertChangeable(run, "delete", ownAttempt);
  await store.updateRun(ctx, run.runId, { lifecycle_stage: stage });
}

export const findTrackedRun = (ctx: Ctx, runId: string): Promise<TrackedRun | undefined> => store.findRun(ctx, runId);

export async function getTrackedRun(ctx: Ctx, runId: string): Promise<TrackedRun> {
  const run = await findTrackedRun(ctx, runId);
  if (!run) throw trackingNotFound(`run ${runId}`);
  return run;
}

export async function getRunHead(ctx: Ctx, runId: string): Promise<RunHead> {
  const run = await store.findRunHead(ctx, runId);
  if (!run) throw trackingNotFound(`run ${runId}`);
  return run;
}

/** In the order of the ids; throws for the first that is not there. */
export async function getRunHeads(ctx: Ctx, runIds: readonly string[]): Promise<RunHead[]> {
  const heads = await store.findRunHeads(ctx, runIds);
  return heads.map((head, index) => {
    if (!head) throw trackingNotFound(`run ${runIds[index]}`);
    return head;
  });
}
