import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { assertActive, type ExperimentHead, experimentLocation, trackingNotFound } from "./experiment.ts";
import { paramText } from "./log-tracked.ts";
import {
  assertModelChangeable,
  type LoggedModel,
  type LoggedModelHead,
  type LoggedModelStatus,
  newLoggedModelId,
} from "./logged-model.ts";
import * as store from "./logged-model-store.ts";

export interface CreateLoggedModel {
  readonly name: string;
  readonly modelType: string;
  readonly sourceRunId: string | null;
  /** The attempt's run, where an attempt's token makes it. */
  readonly attemptRunId: string | null;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A model that waits for its files; the client says when they are all there. */
export async function createLoggedModel(
  ctx: Ctx,
  experiment: ExperimentHead,
  input: CreateLoggedModel,
): Promise<LoggedModel> {
  assertActive(`experiment ${experiment.id}`, experiment.isDeleted);
  const modelId = newLoggedModelId();
  const artifactUri = `${experimentLocation(experiment.id)}/models/${modelId}/artifacts`;
  const params = paramTexts(input.params);
  await store.insertLoggedModel(ctx, { ...input, params, modelId, experimentId: experiment.id, artifactUri });
  return must(await findLoggedModel(ctx, modelId), "the model just logged");
}

async function findLoggedModel(ctx: Ctx, modelId: string): Promise<LoggedModel | undefined> {
  return (await store.findLoggedModels(ctx, sql`l.model_id = ${modelId}`))[0];
}

export async function getLoggedModel(ctx: Ctx, modelId: string): Promise<LoggedModel> {
  const model = await findLoggedModel(ctx, modelId);
  if (!model) throw trackingNotFound(`logged model ${modelId}`);
  return model;
}

export async function getLoggedModelHead(ctx: Ctx, modelId: string): Promise<LoggedModelHead> {
  const model = await store.findLoggedModelHead(ctx, modelId);
  if (!model) throw trackingNotFound(`logged model ${modelId}`);
  return model;
}

/** The models that a run logged under this name, newest first: how `runs:/…/NAME` is found. */
export const loggedModelsOfRun = (ctx: Ctx, runId: string, name: string): Promise<LoggedModel[]> =>
  store.findLoggedModels(
    ctx,
    sql`l.source_run_id = ${runId} and l.name = ${name} and l.lifecycle_stage = 'active' order by l.created_at desc`,
  );

export async function finishLoggedModel(
  ctx: Ctx,
  model: LoggedModelHead,
  status: LoggedModelStatus,
  ownAttempt: string | null,
): Promise<LoggedModel> {
  assertModelChangeable(model, ownAttempt);
  await store.updateLoggedModel(ctx, model.modelId, { status });
  return must(await findLoggedModel(ctx, model.modelId), "the model just changed");
}

export async function tagLoggedModel(
  ctx: Ctx,
  model: LoggedModelHead,
  tags: Readonly<Record<string, string>>,
  ownAttempt: string | null,
): Promise<LoggedModel> {
  assertModelChangeable(model, ownAttempt);
  await store.putModelTags(ctx, model.modelId, tags);
  return must(await findLoggedModel(ctx, model.modelId), "the model just changed");
}

export async function untagLoggedModel(ctx: Ctx, model: LoggedModelHead, key: string, ownAttempt: string | null) {
  assertModelChangeable(model, ownAttempt);
  if (!(await store.removeModelTag(ctx, model.modelId, key)))
    throw trackingNotFound(`tag ${key} on model ${model.modelId}`);
}

/** As with runs: the same value again changes nothing, another one is refused. */
export async function logModelParams(
  ctx: Ctx,
  model: LoggedModelHead,
  params: Readonly<Record<string, string>>,
  ownAttempt: string | null,
): Promise<void> {
  assertModelChangeable(model, ownAttempt);
  const texts = paramTexts(params);
  const kept = await store.insertModelParams(ctx, model.modelId, texts);
  const changed = kept.find(({ key, value }) => texts[key] !== value);
  if (changed)
    throw new PaveError(
      "request.invalid",
      `Param ${changed.key} of model ${model.modelId} is ${changed.value} already`,
      {
        fix: "Log it under another name",
      },
    );
}

/** As long as those of runs: what is longer is cut. */
const paramTexts = (params: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(params).map(([key, value]) => [key, paramText(value)]));

/** Marks it as deleted; registered versions of it keep their files. */
export async function deleteLoggedModel(ctx: Ctx, model: LoggedModelHead, ownAttempt: string | null): Promise<void> {
  assertModelChangeable(model, ownAttempt);
  await store.updateLoggedModel(ctx, model.modelId, { lifecycle_stage: "deleted" });
}
