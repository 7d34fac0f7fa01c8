import { topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { tellWebhooks } from "../webhooks/index.ts";
import * as store from "./model-store.ts";
import type { ModelVersionRow, NewModelVersion } from "./model-version.ts";
import { putTags } from "./registry-store.ts";

/**
 * Registers what an attempt made as the next version of a model, or gives the version that it was registered as
 * before, with the same evaluation. The bytes are an artifact of verified blobs already; whoever calls this has checked that the model loads.
 */
export async function registerVersion(
  ctx: Ctx,
  input: NewModelVersion,
): Promise<{ version: ModelVersionRow; created: boolean }> {
  return inTransaction(ctx, async (ctx) => {
    if (await store.ensureModel(ctx, input.model, input.projectId))
      await tellWebhooks(ctx, input.projectId, "registered_model.created", {
        name: input.model,
        tags: {},
        description: "",
      });
    await store.lockModel(ctx, input.model);
    await assertModelNames(ctx, input.projectId, [input.model]);
    const { attemptId, evaluationArtifactId } = input;
    const known =
      attemptId === null
        ? undefined
        : await store.findVersionByAttempt(ctx, input.model, { attemptId, evaluationArtifactId });
    if (known) return { version: known, created: false };

    const number = await store.nextVersion(ctx, input.model);
    await store.insertVersion(ctx, number, input);
    await putTags(ctx, input.model, number, input.tags ?? {});
    await tellWebhooks(ctx, input.projectId, "model_version.created", {
      name: input.model,
      version: String(number),
      source: input.source,
      run_id: input.trackedRunId,
      tags: input.tags ?? {},
      description: input.description,
    });
    await recordEvent(ctx, {
      type: "model.registered",
      subjectType: "model-version",
      subjectId: `${input.model}@${number}`,
      projectId: input.projectId,
      revisionId: input.revisionId,
      causeId: input.runId,
      data: { model: input.model, version: number, digest: input.digest, metrics: input.metrics },
    });
    await hintModel(ctx, input.model);
    return {
      version: must(await store.findVersion(ctx, input.model, number), "the version just registered"),
      created: true,
    };
  });
}

/** Model names are global, as in MLflow: a name belongs to the project that first registered it. */
export async function assertModelNames(ctx: Ctx, projectId: string, names: readonly string[]): Promise<void> {
  const taken = (await store.findModels(ctx, names)).find((model) => model.projectId !== projectId);
  if (!taken) return;
  throw new PaveError("model.invalid", `The model name ${taken.name} belongs to the project ${taken.project}`, {
    fix: "Give the model another name in pave.yaml, for example one that begins with the project's name",
  });
}

export async function hintModel(ctx: Ctx, name: string): Promise<void> {
  const model = (await store.findModels(ctx, [name]))[0];
  if (model) ctx.hint(topics.model(model.project, name), topics.project(model.project));
}
