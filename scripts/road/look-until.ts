import { setTimeout as delay } from "node:timers/promises";

/** Looks again and again until it is so, and gives what was seen last: look whether it is so, as the time may be over. */
export async function lookUntil<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  withinMs: number,
  everyMs = 200,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen) || performance.now() > deadline) return seen;
    await delay(everyMs);
  }
}
