import type { GroundTruthCounts } from "@pave/contract";
import { groundTruthCountsSchema } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

const names = Object.keys(groundTruthCountsSchema.shape) as (keyof GroundTruthCounts)[];

export const countChange = (): GroundTruthCounts =>
  Object.fromEntries(names.map((name) => [name, 0])) as unknown as GroundTruthCounts;

export const plusCounts = (a: GroundTruthCounts, b: Partial<GroundTruthCounts>): GroundTruthCounts =>
  Object.fromEntries(names.map((name) => [name, a[name] + (b[name] ?? 0)])) as unknown as GroundTruthCounts;

/** What became of labels today. */
export async function addCounts(ctx: Ctx, deploymentId: string, counts: GroundTruthCounts): Promise<void> {
  if (names.every((name) => counts[name] === 0)) return;
  const day = ctx.clock.now().toISOString().slice(0, 10);
  const key = { deployment_id: deploymentId, day };
  await ctx.db
    .insertInto("label_counts")
    .values({ ...key, counts: json(countChange()) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await ctx.db
    .selectFrom("label_counts")
    .select("counts")
    .where("deployment_id", "=", deploymentId)
    .where("day", "=", day)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await ctx.db
    .updateTable("label_counts")
    .set({ counts: json(plusCounts(counts, row.counts as Partial<GroundTruthCounts>)) })
    .where("deployment_id", "=", deploymentId)
    .where("day", "=", day)
    .execute();
}

export async function sumCounts(ctx: Ctx, deploymentId: string, since: Date): Promise<GroundTruthCounts> {
  const rows = await ctx.db
    .selectFrom("label_counts")
    .select("counts")
    .where("deployment_id", "=", deploymentId)
    .where("day", ">=", since.toISOString().slice(0, 10))
    .execute();
  return rows.reduce((sum, row) => plusCounts(sum, row.counts as Partial<GroundTruthCounts>), countChange());
}
