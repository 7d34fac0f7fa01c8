import { type NotificationKind, type Schedule, scheduleSchema, type TargetKind, type Tier } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

export interface RouteRow {
  readonly id: string;
  readonly teamId: string | null;
  readonly team: string | null;
  readonly targetId: string;
  readonly target: string;
  readonly targetKind: TargetKind;
  readonly kinds: readonly NotificationKind[];
  readonly tiers: readonly Tier[];
  readonly schedule: Schedule;
}

const routes = (ctx: Ctx) =>
  ctx.db
    .selectFrom("notification_routes as r")
    .innerJoin("notification_targets as t", "t.id", "r.target_id")
    .leftJoin("principals as g", "g.id", "r.team_id")
    .select([
      "r.id as id",
      "r.team_id as teamId",
      "g.name as team",
      "r.target_id as targetId",
      "t.name as target",
      "t.kind as targetKind",
      "r.kinds as kinds",
      "r.tiers as tiers",
      "r.schedule as schedule",
    ]);

type Selected = Awaited<ReturnType<ReturnType<typeof routes>["executeTakeFirstOrThrow"]>>;
const toRoute = (row: Selected): RouteRow => ({
  ...row,
  kinds: row.kinds as NotificationKind[],
  tiers: row.tiers as Tier[],
  schedule: scheduleSchema.parse(row.schedule),
});

export async function listRoutes(
  ctx: Ctx,
  scope: "all" | { readonly teamIds: readonly string[] },
): Promise<RouteRow[]> {
  let query = routes(ctx);
  if (scope !== "all") query = query.where("r.team_id", "in", [...scope.teamIds, ""]);
  return (await query.orderBy("t.name").orderBy("r.id").limit(500).execute()).map(toRoute);
}

export async function findRoute(ctx: Ctx, id: string): Promise<RouteRow | undefined> {
  const row = await routes(ctx).where("r.id", "=", id).executeTakeFirst();
  return row && toRoute(row);
}

/** Those of the platform and of the team that owns the project, for this kind and the project's tier. */
export async function routesFor(ctx: Ctx, kind: NotificationKind, projectId: string | null): Promise<RouteRow[]> {
  const rows = await routes(ctx)
    .leftJoin("projects as j", (join) => join.on("j.id", "=", projectId))
    .where("t.removed_at", "is", null)
    .where(sql<boolean>`(r.team_id is null or (g.name = j.owner and g.disabled_at is null))`)
    .where(sql<boolean>`(r.kinds = '[]' or r.kinds ? ${kind})`)
    .where(sql<boolean>`(r.tiers = '[]' or r.tiers ? j.tier)`)
    .limit(500)
    .execute();
  return rows.map(toRoute);
}

export async function insertRoute(
  ctx: Ctx,
  route: Pick<RouteRow, "id" | "teamId" | "targetId" | "kinds" | "tiers" | "schedule">,
): Promise<void> {
  await ctx.db
    .insertInto("notification_routes")
    .values({
      id: route.id,
      team_id: route.teamId,
      target_id: route.targetId,
      kinds: json(route.kinds),
      tiers: json(route.tiers),
      schedule: json(route.schedule),
      created_at: ctx.clock.now(),
      created_by: ctx.actor.principalId,
    })
    .execute();
}

export async function deleteRoute(ctx: Ctx, id: string): Promise<void> {
  await ctx.db.deleteFrom("notification_routes").where("id", "=", id).execute();
}
