import { asActor, type Ctx } from "../../db/context.ts";
import { isPaveError, messageOf } from "../../kernel/pave-error.ts";
import { Turns } from "../../kernel/turns.ts";
import { actorOf } from "../plans/index.ts";
import { listDrivenRollouts, type RolloutRow } from "../serving/index.ts";
import { advanceCanary } from "./advance-canary.ts";
import type { ReleasesDeps } from "./releases-deps.ts";
import { advanceRollout } from "./rollout.ts";

/** Rollouts that are under way at once: the api of this process needs connections to the database too. */
const most = 6;

/**
 * The worker's turn: canaries and rollbacks go on. Apart from the plans they belong to, so that a plan which somebody
 * else holds, or an action that takes its time, costs no canary its lease; and apart from each other, so that one whose
 * evidence takes long costs only itself. Any number of workers may do it; within one a rollout is never driven twice at
 * once.
 */
export class RolloutDriver {
  readonly #deps: ReleasesDeps;
  readonly #turns = new Turns(most);

  constructor(deps: ReleasesDeps) {
    this.#deps = deps;
  }

  /** Gives each open rollout a turn, and waits for none of them. */
  async drive(ctx: Ctx): Promise<void> {
    for (const rollout of await listDrivenRollouts(ctx))
      this.#turns.give(rollout.id, () => turn(this.#deps, ctx, rollout));
  }

  /** Resolves when every turn that was given has ended. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  /** Begins no turn any more; resolves when those under way have ended. */
  stop(): Promise<void> {
    return this.#turns.stop();
  }
}

/** Never rejects: what goes wrong is logged, and tried again at the next turn. */
async function turn(deps: ReleasesDeps, ctx: Ctx, rollout: RolloutRow): Promise<void> {
  try {
    const acting = asActor(ctx, await actorOf(ctx, rollout.startedById));
    await advanceRollout(acting, rollout.id);
    await advanceCanary(deps, acting, rollout.id);
  } catch (error) {
    const text = isPaveError(error) ? error.message : error instanceof Error ? error.stack : messageOf(error);
    ctx.log.error({ rollout: rollout.id, error: text }, "a rollout could not be advanced");
  }
}
