import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";

/** Who started a run, and whether a schedule did. */
export async function findFailedRun(
  ctx: Ctx,
  runId: string,
): Promise<{ project: string; requestedBy: string; isScheduled: boolean } | undefined> {
  return ctx.db
    .selectFrom("runs as r")
    .innerJoin("projects as j", "j.id", "r.project_id")
    .select([
      "j.name as project",
      "r.requested_by as requestedBy",
      sql<boolean>`exists (select from ledger_events e where e.subject_type = 'run' and e.subject_id = r.id
        and e.type = 'run.requested' and e.actor_kind = 'schedule')`.as("isScheduled"),
    ])
    .where("r.id", "=", runId)
    .executeTakeFirst();
}
