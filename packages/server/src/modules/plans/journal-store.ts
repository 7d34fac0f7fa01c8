import { type SqlBool, sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import type { PlanStep } from "./plan.ts";

export async function listSteps(ctx: Ctx, planId: string): Promise<PlanStep[]> {
  const rows = await ctx.db
    .selectFrom("plan_steps")
    .select([
      "position",
      "action_id as actionId",
      "state",
      "undo as memo",
      "result",
      "error",
      "started_at as startedAt",
      "finished_at as finishedAt",
    ])
    .where("plan_id", "=", planId)
    .orderBy("position")
    .execute();
  return rows as PlanStep[];
}

export async function insertSteps(ctx: Ctx, planId: string, actionIds: readonly string[]): Promise<void> {
  if (actionIds.length === 0) return;
  await ctx.db
    .insertInto("plan_steps")
    .values(
      actionIds.map((action_id, position) => ({ plan_id: planId, position, action_id, state: "planned" as const })),
    )
    .execute();
}

export interface StepChange {
  readonly state?: PlanStep["state"];
  readonly memo?: Record<string, unknown>;
  readonly result?: Record<string, unknown> | null;
  readonly error?: string;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
}

/** False when the lease on the plan is another's by now: nothing was written. */
export async function updateStep(
  ctx: Ctx,
  planId: string,
  position: number,
  change: StepChange,
  lease: { name: string; holder: string },
): Promise<boolean> {
  const row = await ctx.db
    .updateTable("plan_steps")
    .set({
      ...(change.state ? { state: change.state } : {}),
      ...(change.memo ? { undo: json(change.memo) } : {}),
      ...(change.result ? { result: json(change.result) } : {}),
      ...(change.error === undefined ? {} : { error: change.error }),
      ...(change.startedAt ? { started_at: change.startedAt } : {}),
      ...(change.finishedAt ? { finished_at: change.finishedAt } : {}),
    })
    .where("plan_id", "=", planId)
    .where("position", "=", position)
    .where(holdsLease(lease))
    .returning("position")
    .executeTakeFirst();
  return row !== undefined;
}

const holdsLease = ({ name, holder }: { name: string; holder: string }) =>
  sql<SqlBool>`exists (select 1 from leases where leases.name = ${name} and leases.holder = ${holder} and leases.until > clock_timestamp())`;

/** The lease row, locked until the end of the transaction, so that a change under it cannot be overtaken. */
export async function lockLease(ctx: Ctx, lease: { name: string; holder: string }): Promise<boolean> {
  const row = await ctx.db
    .selectFrom("leases")
    .select("name")
    .where("name", "=", lease.name)
    .where("holder", "=", lease.holder)
    .where("until", ">", sql<Date>`clock_timestamp()`)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}
