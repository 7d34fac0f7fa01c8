import { sql } from "kysely";
import type { Ctx } from "./context.ts";

/** For tests of races: how many connections to this database wait for another's lock. */
export async function waitingForLocks({ db }: Ctx): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
  `.execute(db);
  return rows[0]?.n ?? 0;
}
