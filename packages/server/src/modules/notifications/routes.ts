import type { createRouteBody, NotificationRoute } from "@pave/contract";
import type { z } from "zod";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { assertMayChange, visibleScope } from "./may-change.ts";
import * as store from "./route-store.ts";
import { getTarget } from "./targets.ts";

export async function showRoutes(ctx: Ctx): Promise<NotificationRoute[]> {
  return (await store.listRoutes(ctx, await visibleScope(ctx))).map(toRoute);
}

/** Of the team that is named, or of the target's own. A team's target carries nothing of other teams. */
export async function addRoute(ctx: Ctx, given: z.output<typeof createRouteBody>): Promise<NotificationRoute> {
  const target = await getTarget(ctx, given.target);
  const team = await assertMayChange(ctx, given.team ?? target.team ?? undefined);
  if (target.teamId !== null && target.teamId !== team?.id)
    throw new PaveError(
      "notification.target_invalid",
      `${target.name} belongs to ${target.team}, expected a target of ${given.team} or of the platform`,
      {
        fix: "Add a target for that team.",
      },
    );
  const id = newId();
  await inTransaction(ctx, async (ctx) => {
    const { kinds, tiers, schedule } = given;
    await store.insertRoute(ctx, { id, teamId: team?.id ?? null, targetId: target.id, kinds, tiers, schedule });
    await record(ctx, "notification-route.added", id, team?.id ?? null, { target: target.name, kinds, tiers });
  });
  return toRoute(must(await store.findRoute(ctx, id), "the route just made"));
}

export async function removeRoute(ctx: Ctx, id: string): Promise<void> {
  const [scope, route] = [await visibleScope(ctx), await store.findRoute(ctx, id)];
  const isMine = route && (scope === "all" || (route.teamId !== null && scope.teamIds.includes(route.teamId)));
  if (!isMine)
    throw new PaveError("notification.route_not_found", `There is no route ${id}, or it is not yours to see`, {
      fix: "List yours with `pave notifications routes list`.",
    });
  await inTransaction(ctx, async (ctx) => {
    await store.deleteRoute(ctx, id);
    await record(ctx, "notification-route.removed", id, route.teamId, { target: route.target });
  });
}

const record = (ctx: Ctx, type: string, id: string, teamId: string | null, data: Record<string, unknown>) =>
  recordEvent(ctx, { type, subjectType: "notification-route", subjectId: id, teamId, data });

const toRoute = ({ id, team, target, targetKind, kinds, tiers, schedule }: store.RouteRow): NotificationRoute => ({
  ...{ id, team, target, targetKind, schedule },
  kinds: [...kinds],
  tiers: [...tiers],
});
