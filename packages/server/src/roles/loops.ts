import type { Ctx } from "../db/context.ts";
import { messageOf } from "../kernel/pave-error.ts";
import { sleep } from "../kernel/time.ts";

/**
 * One duty of the worker role, done again and again: at least every `everyMs`, and at once when a hint comes on
 * `channel`. A duty takes its own lease or claims rows, so any number of workers may run it.
 */
export interface Loop {
  readonly name: string;
  readonly everyMs: number;
  readonly channel?: string;
  run(ctx: Ctx): Promise<unknown>;
  /** Stops what rounds have begun and left under way; called once, after the last round. */
  end?(): Promise<unknown>;
}

/** Starts every loop; resolves when all have ended after the signal. One failing round never ends a loop. */
export async function runLoops(loops: readonly Loop[], createContext: () => Ctx, signal: AbortSignal): Promise<void> {
  await Promise.all(loops.map((loop) => runLoop(loop, createContext, signal)));
}

async function runLoop(loop: Loop, createContext: () => Ctx, signal: AbortSignal): Promise<void> {
  const bell = createBell();
  const unlisten =
    loop.channel === undefined ? undefined : await createContext().database.listen(loop.channel, bell.ring, bell.ring);
  let failures = 0;
  while (!signal.aborted) {
    const ctx = createContext();
    try {
      await loop.run(ctx);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!signal.aborted)
        ctx.log.warn(
          { loop: loop.name, failures, error: error instanceof Error ? error.stack : messageOf(error) },
          "a round of the worker failed",
        );
    }
    await bell.wait(pauseMs(loop.everyMs, failures), signal);
  }
  await loop.end?.();
  await unlisten?.();
}

/** After a failure the pause doubles, up to half a minute where a round is due more often than that. */
export const pauseMs = (everyMs: number, failures: number): number =>
  Math.max(everyMs, Math.min(30_000, everyMs * 2 ** Math.min(failures, 5)));

/** A hint that came while nobody waited is not lost. */
function createBell(): { ring: () => void; wait: (milliseconds: number, signal: AbortSignal) => Promise<void> } {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    async wait(milliseconds, signal) {
      if (!rung) {
        const waking = new AbortController();
        wake = () => waking.abort();
        const stop = () => waking.abort();
        signal.addEventListener("abort", stop, { once: true });
        await sleep(milliseconds, waking.signal);
        signal.removeEventListener("abort", stop);
        wake = undefined;
      }
      rung = false;
    },
  };
}
