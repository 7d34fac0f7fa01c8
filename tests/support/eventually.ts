import { setTimeout as delay } from "node:timers/promises";

/** Asks again and again until the answer will do; the last answer stands in the message when it never does. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  isEnough: (answer: T) => boolean,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask().catch((error: unknown) => error);
    if (!(answer instanceof Error) && isEnough(answer as T)) return answer as T;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s, last ${describe(answer)}`);
    await delay(100);
  }
}

const describe = (answer: unknown): string =>
  answer instanceof Error ? answer.message : (JSON.stringify(answer) ?? "nothing").slice(0, 1000);
