import { type GateSpec, gateSpecSchema } from "@pave/contract";
import { z } from "zod";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import type { RulesInForce } from "./project-rules.ts";

interface RulesKey {
  readonly projectId: string;
  readonly environment: string;
}

export async function findRules(ctx: Ctx, key: RulesKey): Promise<RulesInForce | undefined> {
  const row = await ctx.db
    .selectFrom("project_rules")
    .select(["gates", "version"])
    .where("project_id", "=", key.projectId)
    .where("environment", "=", key.environment)
    .executeTakeFirst();
  return row && { gates: z.array(gateSpecSchema).parse(row.gates), version: row.version };
}

export async function putRules(
  ctx: Ctx,
  key: RulesKey,
  rules: { gates: readonly GateSpec[]; revisionId: string | null; planId: string },
): Promise<void> {
  const row = {
    gates: json(rules.gates),
    revision_id: rules.revisionId,
    plan_id: rules.planId,
    updated_at: ctx.clock.now(),
  };
  await ctx.db
    .insertInto("project_rules")
    .values({ project_id: key.projectId, environment: key.environment, ...row })
    .onConflict((conflict) =>
      conflict
        .columns(["project_id", "environment"])
        .doUpdateSet((eb) => ({ ...row, version: eb("project_rules.version", "+", 1) })),
    )
    .execute();
}

export async function deleteRules(ctx: Ctx, key: RulesKey): Promise<void> {
  await ctx.db
    .deleteFrom("project_rules")
    .where("project_id", "=", key.projectId)
    .where("environment", "=", key.environment)
    .execute();
}
