import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

export interface BlobRow {
  readonly digest: string;
  /** The name of the store that the bytes lie in. */
  readonly store: string;
  readonly key: string;
  readonly size: number;
  /** Null: nobody has hashed these bytes, or they were found to be wrong. Nothing may build on them. */
  readonly verifiedAt: Date | null;
}

const columns = ["digest", "store", "key", "size", "verified_at as verifiedAt"] as const;

export function findBlob(ctx: Ctx, digest: string): Promise<BlobRow | undefined> {
  return ctx.db.selectFrom("blobs").select(columns).where("digest", "=", digest).executeTakeFirst();
}

/** Those of the digests that are there and verified, with their sizes. */
async function verifiedSizes(ctx: Ctx, digests: readonly string[]): Promise<Map<string, number>> {
  const rows = await ctx.db
    .selectFrom("blobs")
    .select(["digest", "size"])
    .where("digest", "=", sql<string>`any(${[...digests]}::text[])`)
    .where("verified_at", "is not", null)
    .execute();
  return new Map(rows.map((row) => [row.digest, row.size]));
}

/**
 * Points the digest at a key, unless a verified key is there already. Returns the key that counts. The row is touched in
 * any case, which keeps its bytes from being collected before somebody names them.
 */
export async function claimBlob(
  ctx: Ctx,
  blob: { digest: string; store: string; key: string; size: number },
): Promise<string> {
  const now = ctx.clock.now();
  const claimed = await ctx.db
    .insertInto("blobs")
    .values({ ...blob, verified_at: now, created_at: now, touched_at: now })
    .onConflict((conflict) =>
      conflict.column("digest").doUpdateSet({
        store: ifUnverified("store"),
        key: ifUnverified("key"),
        size: ifUnverified("size"),
        verified_at: sql`coalesce(blobs.verified_at, excluded.verified_at)`,
        touched_at: now,
      }),
    )
    .returning("key")
    .executeTakeFirstOrThrow();
  return claimed.key;
}

const ifUnverified = <T>(column: "store" | "key" | "size") =>
  sql<T>`case when blobs.verified_at is null then excluded.${sql.ref(column)} else blobs.${sql.ref(column)} end`;

const touchAgainMs = 3_600_000;

/**
 * As `verifiedSizes`, for whoever is about to name these bytes or was told that they need not be brought: they stay for a
 * day at least. In one order, so that two at once cannot wait for each other.
 */
export async function touchBlobs(ctx: Ctx, digests: readonly string[]): Promise<Map<string, number>> {
  const now = ctx.clock.now();
  const sorted = [...new Set(digests)].sort();
  await sql`
    with stale as (
      select digest from blobs where digest = any(${sorted}::text[])
        and touched_at < ${new Date(now.getTime() - touchAgainMs)} order by digest for update
    )
    update blobs set touched_at = ${now} from stale where blobs.digest = stale.digest`.execute(ctx.db);
  return verifiedSizes(ctx, sorted);
}

/** The bytes under this key are not what they should be: the next upload of the digest takes its place. */
export async function distrustBlob(ctx: Ctx, digest: string, key: string): Promise<void> {
  await ctx.db
    .updateTable("blobs")
    .set({ verified_at: null })
    .where("digest", "=", digest)
    .where("key", "=", key)
    .execute();
}

/** Notes that a project or a principal has brought these bytes. In one order, so that two at once cannot wait for each other. */
export async function holdBlobs(ctx: Ctx, holderId: string, digests: readonly string[]): Promise<void> {
  const sorted = [...new Set(digests)].sort();
  await sql`
    insert into blob_holders (digest, holder_id) select digest, ${holderId} from unnest(${sorted}::text[]) as digest
    on conflict do nothing`.execute(ctx.db);
}

/** Those of the digests that one of the holders has brought; all of them for the platform itself. */
export async function heldBlobs(
  ctx: Ctx,
  holderIds: readonly string[],
  digests: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ctx.actor.grant === "unlimited") return new Set(digests);
  const rows = await ctx.db
    .selectFrom("blob_holders")
    .select("digest")
    .where("holder_id", "in", [...holderIds])
    .where("digest", "=", sql<string>`any(${[...digests]}::text[])`)
    .execute();
  return new Set(rows.map((row) => row.digest));
}

/** Where a blob is used, in words, for messages. */
export async function describeUse(ctx: Ctx, digest: string): Promise<string | undefined> {
  const pattern = JSON.stringify([{ digest }]);
  const result = await sql<{ text: string }>`
    select 'artifact ' || a.name || ' (' || a.id || ') of project ' || p.name as text
    from artifacts a join projects p on p.id = a.project_id where a.files @> ${pattern}::jsonb
    union all
    select 'revision ' || r.number || ' of project ' || p.name
    from revisions r join projects p on p.id = r.project_id where r.files @> ${pattern}::jsonb
    limit 1`.execute(ctx.db);
  return result.rows[0]?.text;
}
