/** Injected where time matters, so that tests need no sleeps. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** Waits for something at most so long, or until the signal, and leaves no timer behind that keeps a process alive. */
export async function waitAtMost(
  milliseconds: number,
  something: Promise<unknown>,
  signal?: AbortSignal,
): Promise<void> {
  const isOver = new AbortController();
  const ends = signal ? AbortSignal.any([signal, isOver.signal]) : isOver.signal;
  await Promise.race([something, sleep(milliseconds, ends)]).finally(() => isOver.abort());
}

/** Resolves when the signal aborts, be it in years, and keeps the process alive until then: one timer lasts 24.8 days. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const alive = setInterval(() => undefined, 3_600_000);
    signal.addEventListener(
      "abort",
      () => {
        clearInterval(alive);
        resolve();
      },
      { once: true },
    );
  });
}

/** `30s`, `10m`, `1h`, `7d` to milliseconds; undefined when it is not a duration. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  if (!match) return undefined;
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as "ms" | "s" | "m" | "h" | "d"];
  return Number(match[1]) * unitMs;
}

/** `512Mi`, `2Gi`, `1G` to bytes; undefined when it is not a size. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G|T)?$/.exec(text.trim());
  if (!match) return undefined;
  const factors: Record<string, number> = {
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
  };
  return Math.round(Number(match[1]) * (match[2] ? (factors[match[2]] ?? 1) : 1));
}

/** `1.5 GiB`: for people. */
export function describeBytes(bytes: number): string {
  const unit = ["B", "KiB", "MiB", "GiB", "TiB"];
  let power = 0;
  let value = bytes;
  while (value >= 1024 && power < unit.length - 1) {
    value /= 1024;
    power += 1;
  }
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} ${unit[power]}`;
}
