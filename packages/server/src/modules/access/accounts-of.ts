import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** Ids of whatever acts for the same person: their accounts of one e-mail address, and the machines that they own. */
export async function accountsOf(ctx: Ctx, principalId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    with me as (
      select q.id from principals p join principals q on q.id = p.id or lower(q.email) = lower(p.email)
      where p.id = ${principalId})
    select m.id from me m union select o.id from principals o join me m on o.owner_id = m.id`.execute(ctx.db);
  return rows.map(({ id }) => id);
}
