import type { Ctx } from "../../db/context.ts";
import { messageOf } from "../../kernel/pave-error.ts";

/** One after the other; what goes wrong with one of them is logged, and keeps nobody from the others. */
export async function eachApart<T>(
  ctx: Ctx,
  items: Iterable<T>,
  about: (item: T) => Readonly<Record<string, unknown>>,
  run: (item: T) => Promise<void>,
): Promise<void> {
  for (const item of items) {
    try {
      await run(item);
    } catch (error) {
      const text = error instanceof Error ? error.stack : messageOf(error);
      ctx.log.error({ ...about(item), error: text }, "one of those that are watched could not be");
    }
  }
}
