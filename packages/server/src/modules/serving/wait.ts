import type { Database } from "../../db/open-database.ts";

/** Lets requests wait for hints on a channel of the database. Ask for `next` before looking, so that none falls between. */
export interface Wait {
  next(): { within(milliseconds: number, signal: AbortSignal): Promise<void> };
  stop(): Promise<void>;
}

export function createWait(database: Pick<Database, "listen">, channel: string): Wait {
  let hint = Promise.withResolvers<void>();
  let subscription: Promise<() => Promise<void>> | undefined;
  const wake = () => {
    const waiting = hint;
    hint = Promise.withResolvers<void>();
    waiting.resolve();
  };
  const subscribe = () => {
    subscription ??= database.listen(channel, wake, wake);
    // Without a server hints are missed and the time limit does; the next request tries again.
    subscription.catch(() => {
      subscription = undefined;
    });
  };
  return {
    next() {
      subscribe();
      const { promise } = hint;
      return { within: (milliseconds, signal) => firstOf(promise, milliseconds, signal) };
    },
    async stop() {
      wake();
      const unsubscribe = await subscription?.catch(() => undefined);
      subscription = undefined;
      await unsubscribe?.();
    },
  };
}

async function firstOf(hint: Promise<void>, milliseconds: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  const timer = setTimeout(end, milliseconds);
  signal.addEventListener("abort", end, { once: true });
  await Promise.race([hint, over.promise]);
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
}
