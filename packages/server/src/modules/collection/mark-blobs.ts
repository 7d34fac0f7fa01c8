import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import type { Artifacts } from "../artifacts/index.ts";
import { type Rules, removableArtifact } from "./removable.ts";

/**
 * Whatever looks like a digest anywhere in the database keeps the bytes of that digest: in plans, releases, revisions, the
 * ledger, work under way, and in tables that other modules will make. Only these are left out: they say what the store has
 * and not what is wanted of it, or hold nothing but what clients logged, whose files are looked at by themselves.
 */
const leftOut = [
  "attempt_logs",
  "blob_holders",
  "blobs",
  "collection_marks",
  "collections",
  "experiment_tags",
  "latest_metrics",
  "logged_model_metrics",
  "logged_model_params",
  "logged_model_tags",
  "multipart_uploads",
  "notification_deliveries",
  "outcomes",
  "predictions",
  "removed_runs",
  "request_log_spool",
  "store_writes",
  "tracked_datasets",
  "tracked_files",
  "tracked_params",
  "tracked_tags",
];

/**
 * Stands among the marks when they are all there, and are those of a removal: without it nothing is taken. A worker that
 * was thought dead may still be at it while another has begun anew, so each has a row of its own while it marks, and only
 * who still finds that row may say that all are there.
 */
export const allMarked = "all marked";

const maxManifestBytes = 64 * 2 ** 20;

/** With rules: as if what can go were gone already, which is for looking only. */
export async function markBlobs(ctx: Ctx, artifacts: Pick<Artifacts, "readBlob">, rules: Rules | null): Promise<void> {
  const marking = `marking ${newId()}`;
  await sql`truncate collection_marks`.execute(ctx.db);
  await ctx.db.insertInto("collection_marks").values({ digest: marking }).execute();
  const { rows } = await sql<{ table: string; columns: string[] }>`
    select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attnum > 0 and not a.attisdropped
      and a.atttypid in ('text'::regtype, 'jsonb'::regtype, 'json'::regtype, 'text[]'::regtype, 'character varying'::regtype)
      and c.relname <> all (${leftOut}::text[]) and c.relname not like 'predictions\_%' and c.relname not like 'metric\_points%'
    group by c.relname order by c.relname`.execute(ctx.db);
  for (const { table, columns } of rows)
    await inTransaction(ctx, async (ctx) => {
      // a table that grew for years may take longer than a request of somebody who waits
      await sql`set local statement_timeout = 0`.execute(ctx.db);
      await markTable(ctx, table, columns, rules);
    });
  await markRenderings(ctx, artifacts);
  await sql`
    with ours as (delete from collection_marks where digest = ${marking} returning digest)
    insert into collection_marks (digest) select ${allMarked} from ours where ${rules === null}::boolean
    on conflict do nothing`.execute(ctx.db);
}

async function markTable(ctx: Ctx, table: string, columns: readonly string[], rules: Rules | null): Promise<void> {
  const stays = table === "artifacts" && rules ? sql`not ${removableArtifact(rules)}` : sql`true`;
  for (const column of columns)
    await sql`
      insert into collection_marks (digest)
      select distinct match[1] from ${sql.table(table)} e, regexp_matches(e.${sql.ref(column)}::text, 'sha256:[0-9a-f]{64}', 'g') match
      where e.${sql.ref(column)}::text like '%sha256:%' and ${stays}
      on conflict do nothing`.execute(ctx.db);
}

/** What a project was born as is a list of files in a blob. */
async function markRenderings(ctx: Ctx, artifacts: Pick<Artifacts, "readBlob">): Promise<void> {
  const { rows } = await sql<{ digest: string }>`
    select distinct rendering_digest as digest from projects where rendering_digest is not null
      and exists (select from blobs b where b.digest = rendering_digest and b.verified_at is not null)`.execute(ctx.db);
  for (const { digest } of rows) {
    const text = (await artifacts.readBlob(ctx, digest, maxManifestBytes)).toString("utf8");
    const digests = text.match(/sha256:[0-9a-f]{64}/g) ?? [];
    await sql`insert into collection_marks (digest) select distinct unnest(${digests}::text[]) on conflict do nothing`.execute(
      ctx.db,
    );
  }
}
