import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";

const tables = ["predictions", "outcomes"] as const;
const dayMs = 86_400_000;

const dayTexts = new Map<number, string>();

/** Asked several times for each of a million labels, so the text of a day is kept. */
export function dayOf(time: Date): string {
  const day = Math.floor(time.getTime() / dayMs);
  let text = dayTexts.get(day);
  if (text === undefined) {
    if (dayTexts.size > 1000) dayTexts.clear();
    text = time.toISOString().slice(0, 10);
    dayTexts.set(day, text);
  }
  return text;
}

const nameOf = (table: string, day: string): string => `${table}_${day.replaceAll("-", "")}`;

/** Per database: days whose partitions this process has seen. Another process never drops a day that is still wanted. */
const known = new WeakMap<object, Set<string>>();

/** Makes the partitions of those days where they are missing. */
export async function ensureDays(ctx: Ctx, days: Iterable<string>): Promise<void> {
  const seen = known.get(ctx.database) ?? new Set();
  known.set(ctx.database, seen);
  const missing = [...new Set(days)].filter((day) => !seen.has(day)).sort();
  if (missing.length === 0) return;
  await inTransaction(ctx, async (ctx) => {
    await sql`select pg_advisory_xact_lock(hashtext('pave ground truth partitions'))`.execute(ctx.db);
    for (const day of missing) {
      const next = dayOf(new Date(Date.parse(day) + dayMs));
      for (const table of tables)
        await sql`create table if not exists ${sql.table(nameOf(table, day))} partition of ${sql.table(table)}
          for values from (${sql.lit(`${day}T00:00:00Z`)}) to (${sql.lit(`${next}T00:00:00Z`)})`.execute(ctx.db);
    }
  });
  for (const day of missing) seen.add(day);
}

/** Drops the partitions of days before that one. */
export async function dropDaysBefore(ctx: Ctx, day: string): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent in ('predictions'::regclass, 'outcomes'::regclass) order by c.relname`.execute(ctx.db);
  const old = rows.map(({ name }) => name).filter((name) => name.slice(-8) < day.replaceAll("-", ""));
  for (const name of old) await sql`drop table if exists ${sql.table(name)}`.execute(ctx.db);
  known.delete(ctx.database);
  return old;
}
