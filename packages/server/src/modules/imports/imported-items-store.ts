import type { ImportKind, ImportState } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { ImportRow } from "./imports-store.ts";

/*
 * What was copied in, by kind and by the id at the source. A thing is begun, then copied, then finished; it goes on
 * where it was, whichever import begins it again.
 */

export interface ImportedItem {
  readonly key: string;
  readonly state: ImportState;
  /** Of the record at the source when it was last copied whole; empty before. */
  readonly digest: string;
  /** Of an experiment: its id here. */
  readonly target: number | null;
}

export async function findItems(
  ctx: Ctx,
  projectId: string,
  kind: ImportKind,
  keys: readonly string[],
): Promise<Map<string, ImportedItem>> {
  const rows = await ctx.db
    .selectFrom("imported_items")
    .select(["key", "state", "digest", "target"])
    .where("project_id", "=", projectId)
    .where("kind", "=", kind)
    .where("key", "=", sql<string>`any(${[...keys]}::text[])`)
    .execute();
  return new Map((rows as ImportedItem[]).map((row) => [row.key, row]));
}

export interface PutItem {
  readonly key: string;
  readonly digest?: string;
  readonly target?: number;
}

/** Notes that things are as far as `state`; those that are further stay where they are. */
export async function putItems(
  ctx: Ctx,
  { id, projectId }: Pick<ImportRow, "id" | "projectId">,
  kind: ImportKind,
  state: ImportState,
  items: readonly PutItem[],
): Promise<void> {
  const digests = items.map(({ digest }) => digest ?? "");
  const targets = items.map(({ target }) => target ?? null);
  await sql`
    insert into imported_items (project_id, kind, key, import_id, state, digest, target, updated_at)
    select ${projectId}, ${kind}, key, ${id}, ${state}, digest, target, ${ctx.clock.now()}
    from unnest(${items.map(({ key }) => key)}::text[], ${digests}::text[], ${targets}::bigint[]) as item(key, digest, target)
    order by key
    on conflict (project_id, kind, key) do update set
      import_id = excluded.import_id, updated_at = excluded.updated_at,
      target = coalesce(excluded.target, imported_items.target),
      digest = case when excluded.digest = '' then imported_items.digest else excluded.digest end,
      state = case when imported_items.state = 'finished' or excluded.state = 'begun' then imported_items.state
        else excluded.state end`.execute(ctx.db);
}

/** What was copied once and was removed since comes as if for the first time. */
export async function forgetItems(
  ctx: Ctx,
  projectId: string,
  kind: ImportKind,
  keys: readonly string[],
): Promise<void> {
  await sql`
    delete from imported_items
    where project_id = ${projectId} and kind = ${kind} and key = any(${[...keys]}::text[])`.execute(ctx.db);
}
