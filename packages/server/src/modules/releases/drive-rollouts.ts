import { asActor, type Ctx } from "../../db/context.ts";
import { isPaveError, messageOf } from "../../kernel/pave-error.ts";
import { actorOf } from "../plans/index.ts";
import { listDrivenRollouts, type RolloutRow } from "../serving/index.ts";
import { advanceCanary } from "./advance-canary.ts";
import type { ReleasesDeps } from "./releases-deps.ts";
import { advanceRollout } from "./rollout.ts";

/**
 * The worker's turn: canaries and rollbacks go on. Apart from the plans they belong to, so that a plan which somebody
 * else holds, or an action that takes its time, costs no canary its lease. Any number of workers may do it.
 */
export async function driveRollouts(deps: ReleasesDeps, ctx: Ctx): Promise<void> {
  await Promise.all(
    (await listDrivenRollouts(ctx)).map((rollout) =>
      drive(deps, ctx, rollout).catch((error: unknown) => {
        const text = isPaveError(error) ? error.message : error instanceof Error ? error.stack : messageOf(error);
        ctx.log.error({ rollout: rollout.id, error: text }, "a rollout could not be advanced");
      }),
    ),
  );
}

async function drive(deps: ReleasesDeps, ctx: Ctx, rollout: RolloutRow): Promise<void> {
  const acting = asActor(ctx, await actorOf(ctx, rollout.startedById));
  await advanceRollout(acting, rollout.id);
  await advanceCanary(deps, acting, rollout.id);
}
