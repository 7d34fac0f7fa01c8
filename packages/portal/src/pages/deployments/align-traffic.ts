import type { Traffic } from "@pave/contract";

type Point = Traffic["series"][number]["points"][number];
export type Quantile = "p50Ms" | "p95Ms" | "p99Ms";

export interface AlignedSeries {
  readonly label: string;
  /** Null where nothing is known yet, and where only other versions got requests. */
  readonly requestsPerMinute: readonly (number | null)[];
  readonly latency: Readonly<Record<Quantile, readonly (number | null)[]>>;
}

export interface AlignedTraffic {
  /** Seconds since 1970, a window each, without gaps. */
  readonly times: readonly number[];
  readonly series: readonly AlignedSeries[];
  /** Share of all requests, null where there were none. */
  readonly errors5xx: readonly (number | null)[];
  readonly errors4xx: readonly (number | null)[];
}

/**
 * Windows that had no requests are not sent; charts need them: no requests is 0 per minute, and no latency at all. The
 * last window is still being filled, so its rate is of the time that has passed.
 */
export function alignTraffic(traffic: Traffic, minutes: number, nowMs: number): AlignedTraffic {
  const step = traffic.windowSeconds;
  const last = Math.floor(nowMs / 1000 / step) * step;
  const length = Math.max(1, Math.floor((minutes * 60) / step) + 1);
  const times = Array.from({ length }, (_, index) => last - (length - 1 - index) * step);
  const slotOf = (point: Point): number => length - 1 - Math.round((last - Date.parse(point.start) / 1000) / step);
  const secondsIn = (slot: number): number =>
    slot === length - 1 ? Math.max(step / 4, Math.min(step, nowMs / 1000 - last)) : step;

  const requests = new Array<number>(length).fill(0);
  const server = new Array<number>(length).fill(0);
  const caller = new Array<number>(length).fill(0);
  const series = traffic.series.map(({ modelVersion, release, points }) => {
    const perMinute = new Array<number>(length).fill(0);
    const latency = { p50Ms: empty(length), p95Ms: empty(length), p99Ms: empty(length) };
    for (const point of points) {
      const slot = slotOf(point);
      if (slot < 0 || slot >= length) continue;
      perMinute[slot] = (perMinute[slot] ?? 0) + (point.requests * 60) / secondsIn(slot);
      requests[slot] = (requests[slot] ?? 0) + point.requests;
      server[slot] = (server[slot] ?? 0) + point.errors5xx;
      caller[slot] = (caller[slot] ?? 0) + point.errors4xx;
      for (const quantile of ["p50Ms", "p95Ms", "p99Ms"] as const) latency[quantile][slot] = point[quantile];
    }
    return { label: labelOf(traffic, modelVersion, release), perMinute, latency };
  });
  const share = (errors: readonly number[]) =>
    requests.map((all, slot) => (all === 0 ? null : (errors[slot] ?? 0) / all));
  const shown = series.map(({ perMinute, ...one }) => ({
    ...one,
    requestsPerMinute: withoutSilence(perMinute, requests),
  }));
  return { times, series: shown, errors5xx: share(server), errors4xx: share(caller) };
}

/** A version's line ends where its traffic ended, instead of running along 0 below the others'. */
function withoutSilence(perMinute: readonly number[], all: readonly number[]): (number | null)[] {
  return perMinute.map((value, slot) => {
    if (value > 0) return value;
    // what was counted in the last window may not have been reported yet
    if (all[slot] === 0) return slot === all.length - 1 ? null : 0;
    const isBeside = (perMinute[slot - 1] ?? 0) > 0 || (perMinute[slot + 1] ?? 0) > 0;
    return isBeside ? 0 : null;
  });
}

const empty = (length: number): (number | null)[] => new Array<number | null>(length).fill(null);

/** A version may be released twice; then the release tells the two apart. */
function labelOf(traffic: Traffic, modelVersion: string, release: number): string {
  const isAlone = traffic.series.filter((one) => one.modelVersion === modelVersion).length === 1;
  return isAlone ? `version ${modelVersion}` : `version ${modelVersion} (release ${release})`;
}
