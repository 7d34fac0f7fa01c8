import { sleep } from "./time.ts";

/** Delay before try number `attempt` (1-based): exponential with full jitter, capped. */
export function backoffMs(
  attempt: number,
  options: { baseMs?: number; maxMs?: number; random?: () => number } = {},
): number {
  const { baseMs = 200, maxMs = 15_000, random = Math.random } = options;
  return Math.min(maxMs, baseMs * 2 ** (attempt - 1)) * (0.5 + random() / 2);
}

/** Runs `fn` until it succeeds, the signal aborts, `tries` are used up, or `isRetryable` says no. */
export async function retry<T>(
  fn: () => Promise<T>,
  options: {
    tries?: number;
    signal?: AbortSignal;
    baseMs?: number;
    maxMs?: number;
    isRetryable?: (error: unknown) => boolean;
  } = {},
): Promise<T> {
  const { tries = 5, isRetryable = () => true } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fn();
    } catch (error) {
      if (attempt >= tries || options.signal?.aborted || !isRetryable(error)) throw error;
      await sleep(backoffMs(attempt, options), options.signal);
    }
  }
}
