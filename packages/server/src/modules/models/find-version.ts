import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import * as store from "./model-store.ts";
import { type ModelVersionRow, parseVersionReference } from "./model-version.ts";

/** The version by number, alias or `latest`; throws `model.not_found` or `model.version_not_found`. */
export async function getVersion(ctx: Ctx, model: string, versionOrAlias: string | number): Promise<ModelVersionRow> {
  const reference = parseVersionReference(String(versionOrAlias));
  const found = await findByReference(ctx, model, reference);
  if (found) return found;
  if ((await store.findModels(ctx, [model])).length === 0) throw modelNotFound(model);
  throw new PaveError("model.version_not_found", `Model ${model} has no version or alias ${versionOrAlias}`, {
    fix: `See what there is with \`pave models show ${model}\``,
  });
}

function findByReference(ctx: Ctx, model: string, reference: ReturnType<typeof parseVersionReference>) {
  if (reference === "latest") return store.findLatestReady(ctx, model);
  return "version" in reference
    ? store.findVersion(ctx, model, reference.version)
    : store.findVersionByAlias(ctx, model, reference.alias);
}

/**
 * The newest version that may be released without being named: one whose model was loaded and scored before it was
 * registered, which is not so of what a client of MLflow registers. Undefined when there is none yet.
 */
export const latestReadyVersion = (ctx: Ctx, model: string): Promise<ModelVersionRow | undefined> =>
  store.findLatestReady(ctx, model);

/** The newest version, whatever its check says; undefined when there is none yet. */
export const newestVersion = (ctx: Ctx, model: string): Promise<ModelVersionRow | undefined> =>
  store.findNewest(ctx, model);

/** What was registered from a model that an attempt made, with the same evaluation. */
export const versionOfAttempt = store.findVersionByAttempt;

export const modelNotFound = (model: string): PaveError =>
  new PaveError("model.not_found", `There is no model ${model} in this project`, {
    fix: "A model is there once a run has registered its first version; see `pave models list`",
  });
