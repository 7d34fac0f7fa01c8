import { createReadStream } from "node:fs";
import { appendFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../../db/context.ts";
import { dropLease, takeLease } from "../../../db/leases.ts";
import { newId } from "../../../kernel/ids.ts";
import { messageOf } from "../../../kernel/pave-error.ts";
import { type ArtifactStore, beginWrite, dropWrite, endWrite } from "../../artifacts/index.ts";
import { makeWorkFolder } from "./work-folder.ts";
import { writeParquet } from "./write-parquet.ts";

export interface CompactRule {
  /** A file is made when rows have waited so long… */
  readonly afterMs: number;
  /** …or when they are so many bytes. A file has at most four times as much. */
  readonly afterBytes: number;
}

const defaultRule: CompactRule = { afterMs: 3_600_000, afterBytes: 16 * 2 ** 20 };
const lease = "request-log-files";
const leaseMs = 600_000;
/** No writer works longer on one file. */
const writeTimeoutMs = 600_000;

/**
 * Makes files of what waits of the request log: Parquet in the artifact store. One process at a time. What fails for one
 * deployment, whose callers wrote it, costs the others nothing.
 */
export async function compactLog(ctx: Ctx, store: ArtifactStore, rule: CompactRule = defaultRule): Promise<void> {
  const holder = newId();
  if (!(await takeLease(ctx, lease, holder, leaseMs))) return;
  try {
    for (const deploymentId of await dueDeployments(ctx, rule))
      await compactOne(ctx, store, deploymentId, rule).catch((error: unknown) =>
        ctx.log.error({ deploymentId, error: messageOf(error) }, "no file could be made of logged requests"),
      );
  } finally {
    await dropLease(ctx, lease, holder);
  }
}

async function dueDeployments(ctx: Ctx, rule: CompactRule): Promise<readonly string[]> {
  const waitedSince = new Date(ctx.clock.now().getTime() - rule.afterMs);
  const { rows } = await sql<{ id: string }>`
    select deployment_id as id from request_log_spool group by deployment_id
    having min(received_at) <= ${waitedSince} or sum(bytes) >= ${rule.afterBytes}`.execute(ctx.db);
  return rows.map(({ id }) => id);
}

interface Chosen {
  readonly id: number;
  readonly from: Date;
  readonly to: Date;
  readonly rows: number;
}

async function compactOne(ctx: Ctx, store: ArtifactStore, deploymentId: string, rule: CompactRule): Promise<void> {
  const { rows: chosen } = await sql<Chosen>`
    select id, from_at as from, to_at as to, rows from (
      select s.*, sum(s.bytes) over (order by s.id) - s.bytes as before
      from request_log_spool s where s.deployment_id = ${deploymentId}) as chosen
    where before < ${4 * rule.afterBytes} order by id`.execute(ctx.db);
  if (chosen.length === 0) return;
  const folder = await makeWorkFolder();
  try {
    const [lines, parquet] = [join(folder, "requests.ndjson"), join(folder, "requests.parquet")];
    for (const { id } of chosen) await appendFile(lines, await contentOf(ctx, id), { mode: 0o600 });
    await writeParquet(lines, parquet);
    await keepFile(ctx, store, { parquet, deploymentId, chosen });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const unzip = promisify(gunzip);

async function contentOf(ctx: Ctx, id: number): Promise<Buffer> {
  const { content } = await ctx.db
    .selectFrom("request_log_spool")
    .select("content")
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  return unzip(content);
}

async function keepFile(
  ctx: Ctx,
  store: ArtifactStore,
  { parquet, deploymentId, chosen }: { parquet: string; deploymentId: string; chosen: readonly Chosen[] },
): Promise<void> {
  const { size: bytes } = await stat(parquet);
  const key = await beginWrite(ctx, store);
  try {
    await store.put(createReadStream(parquet), { key, signal: AbortSignal.timeout(writeTimeoutMs) });
  } catch (error) {
    await dropWrite(ctx, store, key);
    throw error;
  }
  // where this throws, the row may be there all the same: the bytes stay until it is known
  if (!(await swap(ctx, { store: store.name, key, deploymentId, chosen, bytes }))) await dropWrite(ctx, store, key);
}

/** The file takes the place of its rows, all of them or none: another process may have been quicker. */
function swap(
  ctx: Ctx,
  file: { store: string; key: string; deploymentId: string; chosen: readonly Chosen[]; bytes: number },
): Promise<boolean> {
  return inTransaction(ctx, async (ctx) => {
    const ids = file.chosen.map(({ id }) => id);
    const { rows } = await sql`
      select id from request_log_spool where id = any(${ids}::bigint[]) order by id for update`.execute(ctx.db);
    if (rows.length !== ids.length || !(await endWrite(ctx, file.key))) return false;
    await sql`delete from request_log_spool where id = any(${ids}::bigint[])`.execute(ctx.db);
    const times = file.chosen.flatMap(({ from, to }) => [from.getTime(), to.getTime()]);
    await ctx.db
      .insertInto("request_log_files")
      .values({
        id: newId(),
        deployment_id: file.deploymentId,
        store: file.store,
        key: file.key,
        rows: file.chosen.reduce((sum, { rows }) => sum + rows, 0),
        bytes: file.bytes,
        from_at: new Date(Math.min(...times)),
        to_at: new Date(Math.max(...times)),
        created_at: ctx.clock.now(),
      })
      .execute();
    return true;
  });
}
