import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { LogChunk } from "../../jobs/index.ts";

/* The log of an attempt: chunks of text by their byte offset. Writing a chunk twice changes nothing. */

/** What one attempt may log; what comes after is dropped, with a word about it. */
const maxLogBytes = 32 * 2 ** 20;

const bytesOf = (text: string): number => Buffer.byteLength(text);

/**
 * Offsets of a runner begin at 0 with every claim. What an earlier claim logged is kept, with a line that says that the
 * attempt was started again, and the new claim's offsets count from there.
 */
export async function beginLog(ctx: Ctx, attemptId: string, claims: number): Promise<void> {
  const end = await logEnd(ctx, attemptId);
  if (end === 0) return;
  const text = `--- the runner was lost; started again (claim ${claims}) ---\n`;
  await insertChunks(ctx, attemptId, [{ offset: end, time: ctx.clock.now().toISOString(), stream: "system", text }]);
  await ctx.db
    .updateTable("attempts")
    .set({ log_base: end + bytesOf(text) })
    .where("id", "=", attemptId)
    .execute();
}

/** Keeps what is new, however it was cut into chunks. Gives the offset that the runner goes on from. */
export async function appendLogs(
  ctx: Ctx,
  attemptId: string,
  chunks: readonly LogChunk[],
  limitBytes = maxLogBytes,
): Promise<number> {
  const { base } = await ctx.db
    .selectFrom("attempts")
    .select("log_base as base")
    .where("id", "=", attemptId)
    .executeTakeFirstOrThrow();
  let end = await logEnd(ctx, attemptId);
  const added: LogChunk[] = [];
  for (const chunk of chunks) {
    const fresh = afterOffset({ ...chunk, offset: chunk.offset + base }, end);
    if (fresh === undefined || end > limitBytes) continue;
    const isLast = fresh.offset + bytesOf(fresh.text) > limitBytes;
    // At the limit itself, so that everything after it counts as known.
    const kept = isLast ? { ...fresh, offset: limitBytes, stream: "system" as const, text: cutText } : fresh;
    added.push(kept);
    end = kept.offset + bytesOf(kept.text);
  }
  await insertChunks(ctx, attemptId, added);
  const ends = chunks.map((chunk) => chunk.offset + bytesOf(chunk.text));
  return ends.length === 0 ? Math.max(0, end - base) : Math.max(...ends);
}

const cutText = "--- the log is too long; the rest was dropped ---\n";

/** The part of a chunk from `end` on; undefined when all of it is known. */
function afterOffset(chunk: LogChunk, end: number): LogChunk | undefined {
  const known = end - chunk.offset;
  const bytes = Buffer.from(chunk.text);
  if (bytes.length === 0 || known >= bytes.length) return undefined;
  return known <= 0 ? chunk : { ...chunk, offset: end, text: bytes.subarray(known).toString("utf8") };
}

async function insertChunks(ctx: Ctx, attemptId: string, chunks: readonly LogChunk[]): Promise<void> {
  if (chunks.length === 0) return;
  await ctx.db
    .insertInto("attempt_logs")
    .values(
      chunks.map(({ offset, time, stream, text }) => ({
        attempt_id: attemptId,
        log_offset: offset,
        time,
        stream,
        // PostgreSQL has no NUL in texts; the length stays.
        text: text.replaceAll("\0", "\u001a"),
      })),
    )
    .onConflict((conflict) => conflict.columns(["attempt_id", "log_offset"]).doNothing())
    .execute();
}

async function logEnd(ctx: Ctx, attemptId: string): Promise<number> {
  const row = await ctx.db
    .selectFrom("attempt_logs")
    .select(sql<number>`log_offset + octet_length(text)`.as("end"))
    .where("attempt_id", "=", attemptId)
    .orderBy("log_offset", "desc")
    .limit(1)
    .executeTakeFirst();
  return Number(row?.end ?? 0);
}

export interface LogPage {
  readonly chunks: readonly LogChunk[];
  /** Where to go on. */
  readonly next: number;
  /** There is more of it already. */
  readonly more: boolean;
}

/** Chunks from an offset on, up to about `limitBytes` of text but never less than one chunk. */
export async function readLogs(ctx: Ctx, attemptId: string, after: number, limitBytes: number): Promise<LogPage> {
  const { rows } = await sql<{ offset: number; time: Date; stream: LogChunk["stream"]; text: string }>`
    select log_offset as "offset", time, stream, text
    from (
      select log_offset, time, stream, text, sum(octet_length(text)) over (order by log_offset) - octet_length(text) as before
      from attempt_logs
      where attempt_id = ${attemptId} and log_offset >= ${after}
      order by log_offset
      limit 5000
    ) as chunk
    where before < ${limitBytes}
    order by log_offset
  `.execute(ctx.db);
  const chunks = rows.map((row) => ({ ...row, time: row.time.toISOString() }));
  const last = chunks.at(-1);
  if (last === undefined) return { chunks, next: after, more: false };
  const next = last.offset + bytesOf(last.text);
  return { chunks, next, more: (await logEnd(ctx, attemptId)) > next };
}
