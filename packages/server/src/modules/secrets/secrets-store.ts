import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import type { Sealed } from "./vault/sealed.ts";

export interface SecretRow {
  readonly id: string;
  readonly name: string;
  readonly environment: string | null;
  readonly version: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedBy: string;
  readonly updatedAt: Date;
  readonly lastUsedAt: Date | null;
  readonly lastUsedRun: number | null;
}

const columns = [
  "id",
  "name",
  "environment",
  "version",
  "created_by as createdBy",
  "created_at as createdAt",
  "updated_by as updatedBy",
  "updated_at as updatedAt",
  "last_used_at as lastUsedAt",
  "last_used_run as lastUsedRun",
] as const;

export const listSecrets = (ctx: Ctx, projectId: string): Promise<SecretRow[]> =>
  ctx.db
    .selectFrom("secrets")
    .select(columns)
    .where("project_id", "=", projectId)
    .orderBy("name")
    .orderBy(sql`environment nulls first`)
    .execute();

export interface SecretKey {
  readonly projectId: string;
  readonly name: string;
  readonly environment: string | null;
}

const byKey = (ctx: Ctx, { projectId, name, environment }: SecretKey) =>
  ctx.db
    .selectFrom("secrets")
    .select(columns)
    .where("project_id", "=", projectId)
    .where("name", "=", name)
    .where(sql<boolean>`environment is not distinct from ${environment}`);

export const lockSecret = (ctx: Ctx, key: SecretKey): Promise<SecretRow | undefined> =>
  byKey(ctx, key).forUpdate().executeTakeFirst();

/** The secret with one more version; its first where there was none. Two that do it at once get two versions. */
export async function nextVersion(ctx: Ctx, key: SecretKey): Promise<SecretRow> {
  const now = ctx.clock.now();
  const who = ctx.actor.principalId;
  return ctx.db
    .insertInto("secrets")
    .values({
      id: newId(),
      project_id: key.projectId,
      name: key.name,
      environment: key.environment,
      version: 1,
      created_by: who,
      created_at: now,
      updated_by: who,
      updated_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["project_id", "name", "environment"])
        .doUpdateSet({ version: sql`secrets.version + 1`, updated_by: who, updated_at: now }),
    )
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** The one before stays sealed until it was overtaken twice: attempts that have it are masked to their end. */
export async function insertVersion(ctx: Ctx, secret: SecretRow, sealed: Sealed): Promise<void> {
  await ctx.db
    .insertInto("secret_versions")
    .values({
      id: newId(),
      secret_id: secret.id,
      version: secret.version,
      sealed: json(sealed),
      created_by: ctx.actor.principalId,
      created_at: ctx.clock.now(),
    })
    .execute();
  await ctx.db
    .updateTable("secret_versions")
    .set({ sealed: null })
    .where("secret_id", "=", secret.id)
    .where("version", "<", secret.version - 1)
    .execute();
}

export const deleteSecret = (ctx: Ctx, id: string) => ctx.db.deleteFrom("secrets").where("id", "=", id).execute();

export async function findSealed(ctx: Ctx, secretId: string, version: number): Promise<Sealed | undefined> {
  const row = await ctx.db
    .selectFrom("secret_versions")
    .select("sealed")
    .where("secret_id", "=", secretId)
    .where("version", "=", version)
    .executeTakeFirst();
  return (row?.sealed ?? undefined) as Sealed | undefined;
}

export async function noteUse(ctx: Ctx, secretId: string, run: number): Promise<void> {
  await ctx.db
    .updateTable("secrets")
    .set({ last_used_at: ctx.clock.now(), last_used_run: run })
    .where("id", "=", secretId)
    .execute();
}
