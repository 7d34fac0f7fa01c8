import type { Delivery } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { findDelivery, listDeliveries, sendAgain } from "./delivery-store.ts";
import { visibleScope } from "./may-change.ts";
import { listTargets } from "./target-store.ts";
import { getTarget } from "./targets.ts";

export interface ListDeliveries {
  readonly target?: string | undefined;
  readonly state?: Delivery["state"] | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Of the targets that the actor may see. */
export async function showDeliveries(
  ctx: Ctx,
  query: ListDeliveries,
): Promise<{ items: Delivery[]; next: string | null }> {
  const { limit, target } = query;
  const targetIds = target === undefined ? await visibleTargets(ctx) : [(await getTarget(ctx, target)).id];
  const items = await listDeliveries(ctx, { ...query, targetIds, limit: limit + 1 });
  const page = items.slice(0, limit);
  return { items: page, next: items.length > limit ? (page.at(-1)?.id ?? null) : null };
}

export async function sendDeliveryAgain(ctx: Ctx, id: string): Promise<void> {
  const [delivery, visible] = [await findDelivery(ctx, id), await visibleTargets(ctx)];
  if (!delivery || (visible !== "all" && !visible.includes(delivery.targetId)))
    throw new PaveError("notification.delivery_not_found", `There is no delivery ${id}, or it is not yours to see`, {
      fix: "List yours with `pave notifications log`.",
    });
  await inTransaction(ctx, (ctx) => sendAgain(ctx, id));
}

async function visibleTargets(ctx: Ctx): Promise<readonly string[] | "all"> {
  const scope = await visibleScope(ctx);
  return scope === "all" ? "all" : (await listTargets(ctx, scope)).map(({ id }) => id);
}
