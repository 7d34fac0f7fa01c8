import type { CollectionFindings } from "@pave/contract";
import { type RawBuilder, sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { bytesInUse } from "../artifacts/index.ts";
import { allMarked } from "./mark-blobs.ts";
import { projectOfImportFile, type Rules, removableImportFile, removableModel, removableRun } from "./removable.ts";

/** Bytes that came or were asked for since then may be about to be named. */
const graceMs = 24 * 3_600_000;
const batch = 1000;
const largest = 10;

const since = ({ now }: Rules): Date => new Date(now.getTime() - graceMs);

/** Of `blobs b`: old, and neither marked nor a file of a run or model that stays. */
const unnamed = (rules: Rules, staying: RawBuilder<boolean>): RawBuilder<boolean> => sql`(
  b.touched_at < ${since(rules)}
  and not exists (select from collection_marks k where k.digest = b.digest)
  and not exists (select from tracked_files f where f.digest = b.digest and ${staying}))`;

/** After the marks of a dry run. */
export async function countUnnamed(
  ctx: Ctx,
  rules: Rules,
): Promise<Pick<CollectionFindings, "blobs" | "bytes" | "largest">> {
  const staying = sql<boolean>`
    not exists (select from tracked_runs r join experiments e on e.id = r.experiment_id
      where r.run_id = f.root and ${removableRun(rules)})
    and not exists (select from logged_models m join experiments e on e.id = m.experiment_id
      where m.model_id = f.root and ${removableModel(rules)})
    and not exists (select from (select) one ${projectOfImportFile} where ${removableImportFile(rules)})`;
  return inTransaction(ctx, async (ctx) => {
    await sql`set local statement_timeout = 0`.execute(ctx.db);
    const { rows: sums } = await sql<{ blobs: number; bytes: number }>`
      select count(*)::integer as blobs, coalesce(sum(b.size), 0)::bigint as bytes from blobs b
      where ${unnamed(rules, staying)}`.execute(ctx.db);
    const { rows: top } = await sql<CollectionFindings["largest"][number]>`
      select b.digest, b.size as bytes, b.store,
        (select p.name || ': ' || f.path from tracked_files f
         left join tracked_runs r on r.run_id = f.root left join logged_models m on m.model_id = f.root
         join experiments e on e.id = coalesce(r.experiment_id, m.experiment_id) join projects p on p.id = e.project_id
         where f.digest = b.digest limit 1) as file
      from blobs b where ${unnamed(rules, staying)} order by b.size desc limit ${largest}`.execute(ctx.db);
    return { ...{ blobs: 0, bytes: 0 }, ...sums[0], largest: top };
  });
}

/** A word where nothing was looked at: a backup copies bytes that its snapshot names, or the marks are not those of a removal. */
export type Swept = { readonly blobs: number; readonly bytes: number } | "a backup is being made" | "not marked";

/**
 * Takes the rows of one batch away and writes down what lay under their keys, in one transaction: the store's loop removes
 * it, also after a kill.
 */
export function sweepBatch(ctx: Ctx, rules: Rules): Promise<Swept> {
  return inTransaction(ctx, async (ctx) => {
    const { rows: locks } = await sql<{ free: boolean }>`
      select pg_try_advisory_xact_lock(${bytesInUse}) as free`.execute(ctx.db);
    if (!locks[0]?.free) return "a backup is being made";
    await sql`set local statement_timeout = 0`.execute(ctx.db);
    // asked once more of the row itself: an upload of the same bytes touches it, and waits for this or is waited for
    const { rows } = await sql<{ digest: string; store: string; key: string; size: number }>`
      delete from blobs where exists (select from collection_marks where digest = ${allMarked}) and touched_at < ${since(rules)} and digest in (
        select b.digest from blobs b where ${unnamed(rules, sql`true`)} limit ${batch} for update skip locked)
      returning digest, store, key, size`.execute(ctx.db);
    if (rows.length === 0) {
      const { rows: marks } = await sql`select from collection_marks where digest = ${allMarked}`.execute(ctx.db);
      return marks.length === 0 ? "not marked" : { blobs: 0, bytes: 0 };
    }
    await sql`delete from blob_holders where digest = any(${rows.map(({ digest }) => digest)}::text[])`.execute(ctx.db);
    await sql`
      insert into store_writes (key, store, begun_at)
      select key, store, ${new Date(0)} from unnest(${rows.map(({ key }) => key)}::text[], ${rows.map(({ store }) => store)}::text[]) as gone(key, store)
      on conflict do nothing`.execute(ctx.db);
    return { blobs: rows.length, bytes: rows.reduce((sum, { size }) => sum + size, 0) };
  });
}
