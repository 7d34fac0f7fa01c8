import { type RawBuilder, sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { RegistryModel, RegistryVersion, Stage } from "./registry.ts";

const modelColumns = sql`
  m.name, m.project_id as "projectId", j.name as project, m.description, coalesce(u.name, '') as "userName",
  m.created_at as "createdAt", m.updated_at as "updatedAt",
  (select coalesce(json_object_agg(t.key, t.value order by t.key), '{}')
   from model_tags t where t.model = m.name and t.version is null) as tags,
  (select coalesce(json_object_agg(a.alias, a.version order by a.alias), '{}')
   from model_aliases a where a.model = m.name) as aliases`;

/** Models with tags and aliases; `tail` says which, in which order. */
export async function findRegistryModels(ctx: Ctx, tail: RawBuilder<unknown>): Promise<RegistryModel[]> {
  const result = await sql<RegistryModel>`
    select ${modelColumns} from registered_models m
    join projects j on j.id = m.project_id left join principals u on u.id = m.principal_id
    where ${tail}`.execute(ctx.db);
  return result.rows;
}

const versionColumns = sql`
  v.model, v.version, v.project_id as "projectId", v.artifact_id as "artifactId", v.description, v.stage, v.source,
  v.tracked_run_id as "trackedRunId", v.logged_model_id as "loggedModelId", v.run_link as "runLink", v.status,
  v.status_message as "statusMessage", coalesce(v.user_name, u.name) as "userName", v.created_at as "createdAt", v.updated_at as "updatedAt",
  (select coalesce(json_object_agg(t.key, t.value order by t.key), '{}')
   from model_tags t where t.model = v.model and t.version = v.version) as tags,
  (select coalesce(json_agg(a.alias order by a.alias), '[]')
   from model_aliases a where a.model = v.model and a.version = v.version) as aliases`;

export async function findRegistryVersions(ctx: Ctx, tail: RawBuilder<unknown>): Promise<RegistryVersion[]> {
  const result = await sql<RegistryVersion>`
    select ${versionColumns} from model_versions v join principals u on u.id = v.created_by
    where ${tail}`.execute(ctx.db);
  return result.rows;
}

/** The newest version of each model in each stage. */
export const findLatestVersions = (ctx: Ctx, models: readonly string[]): Promise<RegistryVersion[]> =>
  findRegistryVersions(
    ctx,
    sql`(v.model, v.version) in (select model, max(version) from model_versions
      where model = any(${[...models]}::text[]) group by model, stage) order by v.model, v.version`,
  );

/** False where the name is taken. */
export async function insertModel(
  ctx: Ctx,
  model: { readonly name: string; readonly projectId: string; readonly description: string },
): Promise<boolean> {
  const now = ctx.clock.now();
  const row = await ctx.db
    .insertInto("registered_models")
    .values({
      name: model.name,
      project_id: model.projectId,
      description: model.description,
      principal_id: ctx.actor.principalId,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

export async function describeModel(ctx: Ctx, name: string, description: string): Promise<void> {
  await ctx.db
    .updateTable("registered_models")
    .set({ description, updated_at: ctx.clock.now() })
    .where("name", "=", name)
    .execute();
}

export async function changeVersion(
  ctx: Ctx,
  model: string,
  version: number,
  change: { readonly description?: string; readonly stage?: Stage },
  now = ctx.clock.now(),
): Promise<void> {
  await ctx.db
    .updateTable("model_versions")
    .set({ ...change, updated_at: now })
    .where("model", "=", model)
    .where("version", "=", version)
    .execute();
}

/** Other versions in the stage go to the archive. */
export async function archiveOthers(
  ctx: Ctx,
  { model, version, stage }: { readonly model: string; readonly version: number; readonly stage: Stage },
  now: Date,
): Promise<void> {
  await ctx.db
    .updateTable("model_versions")
    .set({ stage: "Archived", updated_at: now })
    .where("model", "=", model)
    .where("version", "<>", version)
    .where("stage", "=", stage)
    .execute();
}

/** Tags of a version, or with null of the model itself. */
export async function putTags(
  ctx: Ctx,
  model: string,
  version: number | null,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  if (Object.keys(tags).length === 0) return;
  await sql`
    insert into model_tags (model, version, key, value)
    select ${model}, ${version}::bigint, key, value
    from unnest(${Object.keys(tags)}::text[], ${Object.values(tags)}::text[]) as t(key, value) order by key
    on conflict (model, coalesce(version, 0), key) do update set value = excluded.value`.execute(ctx.db);
}

/** False where there was none. */
export async function removeTag(ctx: Ctx, model: string, version: number | null, key: string): Promise<boolean> {
  const { rows } = await sql`
    delete from model_tags where model = ${model} and version is not distinct from ${version}::bigint and key = ${key}
    returning key`.execute(ctx.db);
  return rows.length > 0;
}

/** Removes versions of a model, all where `version` is null, with their aliases and tags; gives the aliases. */
export async function removeVersions(ctx: Ctx, model: string, version: number | null): Promise<string[]> {
  const which = sql`model = ${model} and (${version}::bigint is null or version = ${version}::bigint)`;
  const aliases = await sql<{ alias: string }>`delete from model_aliases where ${which} returning alias`.execute(
    ctx.db,
  );
  await sql`delete from model_tags where ${which}`.execute(ctx.db);
  // files that a client logged were made an artifact for this version; it goes after a while if nothing else names it
  await sql`
    update artifacts set deleted_at = ${ctx.clock.now()}
    where attempt_id is null and id in (select artifact_id from model_versions where ${which})`.execute(ctx.db);
  await sql`delete from model_versions where ${which}`.execute(ctx.db);
  return aliases.rows.map(({ alias }) => alias);
}

export async function removeModel(ctx: Ctx, name: string): Promise<void> {
  await ctx.db.deleteFrom("registered_models").where("name", "=", name).execute();
}
