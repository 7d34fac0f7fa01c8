import { topics } from "@pave/contract";
import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { renameSubjects } from "../discussion/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { findPlanThatReads } from "../plans/index.ts";
import { findRevision } from "../projects/index.ts";
import { askForCheck } from "./check-version.ts";
import * as store from "./model-store.ts";
import type { RegistryModel } from "./registry.ts";
import { findRegistryModel, nameTaken } from "./registry-models.ts";

/** What higher modules keep by a model's name. */
export interface ModelNames {
  /** Where a version of the model runs or is about to, `late in staging`; undefined where nowhere. */
  whereLive(ctx: Ctx, model: string): Promise<string | undefined>;
  /** In the transaction of the renaming: what ran stays explained under the new name. */
  renamed(ctx: Ctx, from: string, to: string): Promise<void>;
}

/**
 * Gives a model another name, with its versions, aliases, tags, reviews, comments and past releases. Refused while
 * something live has the name: what runs, a plan that is open, or the project's `pave.yaml`, whose next run would make
 * a model of the old name.
 */
export async function renameModel(
  ctx: Ctx,
  names: ModelNames,
  { name: from, projectId, project }: Pick<RegistryModel, "name" | "projectId" | "project">,
  to: string,
): Promise<RegistryModel> {
  if (from === to) return must(await findRegistryModel(ctx, from), "the model");
  await inTransaction(ctx, async (ctx) => {
    await store.lockModel(ctx, from);
    if (await findRegistryModel(ctx, to)) throw await nameTaken(ctx, { name: to, projectId }, "Choose another name");
    await assertUnused(ctx, names, projectId, from);
    await forgetProfilesInTheMaking(ctx, from);
    await sql`update registered_models set name = ${to}, updated_at = ${ctx.clock.now()} where name = ${from}`.execute(
      ctx.db,
    );
    await renameSubjects(ctx, projectId, { from: `model/${from}/`, to: `model/${to}/` });
    await names.renamed(ctx, from, to);
    // whoever checks one now looks for it under its old name
    for (const version of await store.findUnchecked(ctx, to)) await askForCheck(ctx, version);
    await recordEvent(ctx, {
      type: "model.renamed",
      subjectType: "model",
      subjectId: to,
      projectId,
      data: { from, model: to },
    });
    ctx.hint(topics.model(project, from), topics.model(project, to), topics.project(project));
  });
  return must(await findRegistryModel(ctx, to), "the model just renamed");
}

async function assertUnused(ctx: Ctx, names: ModelNames, projectId: string, model: string): Promise<void> {
  const place = await names.whereLive(ctx, model);
  if (place !== undefined)
    throw inUse(model, `${place} serves it`, "Deploy another model there first, or keep the name");
  const plan = await findPlanThatReads(ctx, projectId, `model ${model} version `);
  if (plan !== undefined) throw inUse(model, `plan ${plan} is about it`, "Apply or cancel the plan first");
  const spec = (await findRevision(ctx, projectId, "latest"))?.spec;
  const bound =
    spec && (Object.hasOwn(spec.models, model) || Object.values(spec.serve).some((served) => served.model === model));
  if (bound) throw inUse(model, "pave.yaml names it", "Change the name in pave.yaml and push that first");
}

const inUse = (model: string, why: string, fix: string): PaveError =>
  new PaveError("model.in_use", `Model ${model} cannot be renamed: ${why}`, { fix });

/** They are begun again under the new name. */
async function forgetProfilesInTheMaking(ctx: Ctx, model: string): Promise<void> {
  await sql`delete from reference_profiles where model = ${model} and state = 'making'`.execute(ctx.db);
}
