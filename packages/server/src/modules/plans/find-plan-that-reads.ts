import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** The number of a plan of the project that is not over and has read a thing whose name begins so. */
export async function findPlanThatReads(ctx: Ctx, projectId: string, thing: string): Promise<number | undefined> {
  const { rows } = await sql<{ number: number }>`
    select number from plans
    where project_id = ${projectId} and state in ('evaluating', 'blocked', 'open', 'ready', 'stale', 'applying')
      and exists (select from jsonb_array_elements(reads) r where starts_with(r ->> 'thing', ${thing}))
    order by number limit 1`.execute(ctx.db);
  return rows[0]?.number;
}
