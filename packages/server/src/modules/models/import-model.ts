import { type Ctx, inTransaction } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { findVersion, lockModel, putAlias } from "./model-store.ts";
import { assertAlias } from "./model-version.ts";
import { hintModel } from "./register-version.ts";
import type { RegistryModel } from "./registry.ts";
import { findRegistryModel } from "./registry-models.ts";
import { insertModel, putTags } from "./registry-store.ts";

/** A registered model as it is at a server that it is copied from. */
export interface ImportedRegisteredModel {
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Makes the model, or changes the one that came of it before. Gives the model that has the name, whoever's it is. */
export async function importRegisteredModel(
  ctx: Ctx,
  input: ImportedRegisteredModel,
  isKnown: boolean,
): Promise<{ readonly model: RegistryModel; readonly isJoined: boolean }> {
  return inTransaction(ctx, async (ctx) => {
    const isNew = await insertModel(ctx, input);
    const model = must(await findRegistryModel(ctx, input.name), "the model of the name");
    if (model.projectId !== input.projectId || !(isNew || isKnown)) return { model, isJoined: true };
    await ctx.db
      .updateTable("registered_models")
      .set({ description: input.description, created_at: input.createdAt, updated_at: input.updatedAt })
      .where("name", "=", input.name)
      .execute();
    await putTags(ctx, input.name, null, input.tags);
    await hintModel(ctx, input.name);
    return { model, isJoined: false };
  });
}

/** Sets the aliases as at the source. Gives those that stay out, each with its reason. */
export async function importAliases(
  ctx: Ctx,
  input: { readonly projectId: string; readonly model: string; readonly updatedAt: Date | null; readonly from: string },
  aliases: Readonly<Record<string, number>>,
): Promise<{ alias: string; reason: string }[]> {
  const skipped: { alias: string; reason: string }[] = [];
  await lockModel(ctx, input.model);
  for (const [alias, version] of Object.entries(aliases)) {
    if (!(await findVersion(ctx, input.model, version))) {
      skipped.push({ alias, reason: `version ${version} is not here` });
      continue;
    }
    assertAlias(alias);
    await putAlias(ctx, input.model, alias, version);
    await recordEvent(ctx, {
      type: "model.alias-set",
      subjectType: "model",
      subjectId: input.model,
      projectId: input.projectId,
      data: { alias, version, importedFrom: input.from },
    });
  }
  if (input.updatedAt)
    await ctx.db
      .updateTable("registered_models")
      .set({ updated_at: input.updatedAt })
      .where("name", "=", input.model)
      .execute();
  await hintModel(ctx, input.model);
  return skipped;
}
