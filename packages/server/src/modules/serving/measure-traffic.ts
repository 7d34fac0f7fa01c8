import type { Ctx } from "../../db/context.ts";
import type { MeasuredTraffic } from "../usage/index.ts";
import { firstActivation } from "./release-store.ts";
import { sumTraffic } from "./traffic-store.ts";

const dayMs = 24 * 3_600_000;
const lookBackMs = 7 * dayMs;

/**
 * The deployment's traffic of the last seven days or since it first served, as the base of an extrapolation. One that
 * is younger than a day counts as a day old: a burst in its first minutes says nothing about the rest of the month.
 */
export async function measureTraffic(ctx: Ctx, deploymentId: string): Promise<MeasuredTraffic> {
  const now = ctx.clock.now().getTime();
  const servedSince = (await firstActivation(ctx, deploymentId))?.getTime() ?? now;
  const spanMs = Math.min(lookBackMs, Math.max(dayMs, now - servedSince));
  return { ...(await sumTraffic(ctx, deploymentId, new Date(now - spanMs))), days: spanMs / dayMs };
}
