import type { Database } from "../db/open-database.ts";
import { workChannel } from "./work.ts";

export interface Woken {
  /** Resolves at the next hint, when the time is over, or when the signal aborts. */
  within(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface WorkWaiter {
  /** Listens from the first call on; a server that is away is tried again by the next claim. */
  start(database: Pick<Database, "listen">): Promise<void>;
  /** The next hint. Ask for it before looking for work, so that no hint falls between. */
  next(): Woken;
  stop(): Promise<void>;
}

/** Lets claims wait for hints on the work channel. */
export function createWorkWaiter(): WorkWaiter {
  let next = Promise.withResolvers<void>();
  let subscription: Promise<() => Promise<void>> | undefined;

  const wake = (): void => {
    const waiting = next;
    next = Promise.withResolvers<void>();
    waiting.resolve();
  };

  return {
    async start(database) {
      subscription ??= database.listen(workChannel, wake, wake);
      await subscription.catch(() => {
        subscription = undefined;
      });
    },
    next() {
      const hint = next.promise;
      return { within: (milliseconds, signal) => firstOf(hint, milliseconds, signal) };
    },
    async stop() {
      wake();
      const unsubscribe = await subscription?.catch(() => undefined);
      subscription = undefined;
      await unsubscribe?.();
    },
  };
}

async function firstOf(hint: Promise<void>, milliseconds: number, signal?: AbortSignal): Promise<void> {
  const end = Promise.withResolvers<void>();
  const timer = setTimeout(end.resolve, milliseconds);
  const onAbort = () => end.resolve();
  signal?.addEventListener("abort", onAbort, { once: true });
  await Promise.race([hint, end.promise]);
  clearTimeout(timer);
  signal?.removeEventListener("abort", onAbort);
}
