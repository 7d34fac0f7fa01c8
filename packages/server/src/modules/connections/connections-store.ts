import type { ConnectionSettings, ConnectionType } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import type { Sealed } from "../secrets/index.ts";

export type KeptSettings = ConnectionSettings & { readonly tls: boolean };

export interface ConnectionRow {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly environment: string | null;
  readonly type: ConnectionType;
  readonly settings: KeptSettings;
  readonly sealed: Sealed | null;
  readonly version: number;
  readonly updatedBy: string;
  readonly updatedAt: Date;
  readonly lastUsedAt: Date | null;
  readonly lastUsedRun: number | null;
}

const columns = [
  "id",
  "project_id as projectId",
  "name",
  "environment",
  "type",
  "settings",
  "sealed",
  "version",
  "updated_by as updatedBy",
  "updated_at as updatedAt",
  "last_used_at as lastUsedAt",
  "last_used_run as lastUsedRun",
] as const;

export async function listConnections(ctx: Ctx, projectId: string): Promise<ConnectionRow[]> {
  const rows = await ctx.db
    .selectFrom("connections")
    .select(columns)
    .where("project_id", "=", projectId)
    .orderBy("name")
    .orderBy(sql`environment nulls first`)
    .execute();
  return rows as ConnectionRow[];
}

export async function findConnectionById(ctx: Ctx, id: string): Promise<ConnectionRow | undefined> {
  const row = await ctx.db.selectFrom("connections").select(columns).where("id", "=", id).executeTakeFirst();
  return row as ConnectionRow | undefined;
}

export interface ConnectionKey {
  readonly projectId: string;
  readonly name: string;
  readonly environment: string | null;
}

export async function saveConnection(
  ctx: Ctx,
  key: ConnectionKey,
  given: Pick<ConnectionRow, "type" | "settings">,
): Promise<ConnectionRow> {
  const who = { updated_by: ctx.actor.principalId, updated_at: ctx.clock.now() };
  const what = { type: given.type, settings: json(given.settings), sealed: null };
  const row = await ctx.db
    .insertInto("connections")
    .values({
      ...{ id: newId(), project_id: key.projectId, name: key.name, environment: key.environment, version: 1 },
      ...{ created_by: who.updated_by, created_at: who.updated_at },
      ...what,
      ...who,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["project_id", "name", "environment"])
        .doUpdateSet({ ...what, ...who, version: sql<number>`connections.version + 1` }),
    )
    .returning(columns)
    .executeTakeFirstOrThrow();
  return row as ConnectionRow;
}

/** Sealed for its version, which is known once the row is written. */
export async function sealConnection(ctx: Ctx, id: string, sealed: Sealed): Promise<void> {
  await ctx.db
    .updateTable("connections")
    .set({ sealed: json(sealed) })
    .where("id", "=", id)
    .execute();
}

export const deleteConnection = (ctx: Ctx, id: string) =>
  ctx.db.deleteFrom("connections").where("id", "=", id).execute();

export async function noteConnectionUse(ctx: Ctx, id: string, run: number): Promise<void> {
  await ctx.db
    .updateTable("connections")
    .set({ last_used_at: ctx.clock.now(), last_used_run: run })
    .where("id", "=", id)
    .execute();
}
