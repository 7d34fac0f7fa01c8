import type { Truth } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { Outcome } from "./outcomes-store.ts";

/** A page shows some; a million of them need not be kept. */
export async function noteContradictions(
  ctx: Ctx,
  found: readonly { readonly outcome: Outcome; readonly kept: string }[],
): Promise<void> {
  const some = found.slice(0, 100);
  if (some.length === 0) return;
  await sql`
    insert into contradictions (deployment_id, prediction_id, row_number, found, kept, received_at)
    select * from unnest(
      ${some.map(({ outcome }) => outcome.deploymentId)}::text[], ${some.map(({ outcome }) => outcome.predictionId)}::uuid[],
      ${some.map(({ outcome }) => outcome.row)}::integer[], ${some.map(({ outcome }) => outcome.actual)}::text[],
      ${some.map(({ kept }) => kept)}::text[], ${some.map(({ outcome }) => outcome.receivedAt.toISOString())}::timestamptz[])
    on conflict do nothing`.execute(ctx.db);
}

export async function newestContradictions(ctx: Ctx, deploymentId: string): Promise<Truth["contradictions"]> {
  const rows = await ctx.db
    .selectFrom("contradictions")
    .select(["prediction_id as predictionId", "row_number as row", "kept", "found", "received_at as at"])
    .where("deployment_id", "=", deploymentId)
    .orderBy("received_at", "desc")
    .limit(20)
    .execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

export async function pruneContradictions(ctx: Ctx, before: Date): Promise<void> {
  await ctx.db.deleteFrom("contradictions").where("received_at", "<", before).execute();
}
