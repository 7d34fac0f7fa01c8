import type { Ctx } from "../../db/context.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { advancePush } from "./advance-push.ts";
import { openPushes } from "./push-store.ts";
import type { RepositoriesDeps } from "./repositories-deps.ts";

const atOnce = 4;

/** The worker's round: every open push goes as far as it can. One that fails on our side waits for the next round alone. */
export async function tickPushes(deps: RepositoriesDeps, ctx: Ctx, holder: string): Promise<void> {
  const open = await openPushes(ctx, 100);
  const next = open.values();
  const work = async () => {
    for (const push of next)
      await advancePush(deps, ctx, push, holder).catch((error: unknown) =>
        ctx.log.warn({ push: push.id, error: messageOf(error) }, "a push could not be moved"),
      );
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, open.length) }, work));
}
