import { emptyLatency, type GatewayWindow, type Latency, mergeLatency, quantile } from "@pave/contract";

/** Requests are kept in windows of this length, whatever gateways count by. */
export const windowSeconds = 10;

/** After this many hours, when no chart shows windows that short any more, they are kept as longer ones. */
export const rollUpAfterHours = 7;
export const rolledUpSeconds = 300;

/** What was counted for one release in one window, or in several merged. */
export interface TrafficWindow {
  readonly deploymentId: string;
  readonly releaseId: string;
  readonly start: Date;
  readonly requests: number;
  readonly rows: number;
  readonly errors4xx: number;
  readonly errors5xx: number;
  readonly latency: Latency;
}

export type Counts = Omit<TrafficWindow, "deploymentId" | "releaseId" | "start">;

export const noTraffic = (): Counts => ({ requests: 0, rows: 0, errors4xx: 0, errors5xx: 0, latency: emptyLatency() });

export const addTraffic = (a: Counts, b: Counts): Counts => ({
  requests: a.requests + b.requests,
  rows: a.rows + b.rows,
  errors4xx: a.errors4xx + b.errors4xx,
  errors5xx: a.errors5xx + b.errors5xx,
  latency: mergeLatency(a.latency, b.latency),
});

const startOf = (time: Date, seconds: number): Date =>
  new Date(Math.floor(time.getTime() / (seconds * 1000)) * seconds * 1000);

/** Of the window that a moment falls into. */
export const windowStart = (time: Date): Date => startOf(time, windowSeconds);

/** Merges windows that fall into the same span; sorted, so that concurrent writers lock rows in one order. */
export function mergeWindows(windows: readonly TrafficWindow[], seconds: number): TrafficWindow[] {
  const merged = new Map<string, TrafficWindow>();
  for (const window of windows) {
    const start = startOf(window.start, seconds);
    const key = `${window.deploymentId} ${start.toISOString()} ${window.releaseId}`;
    const before = merged.get(key);
    merged.set(key, { ...window, ...(before ? addTraffic(before, window) : {}), start });
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, window]) => window);
}

export const fromGateway = (window: Omit<GatewayWindow, "counts">): TrafficWindow => {
  const { deploymentId, releaseId, start, requests, rows, errors4xx, errors5xx, latency } = window;
  return { deploymentId, releaseId, start: new Date(start), requests, rows, errors4xx, errors5xx, latency };
};

export const quantiles = ({ latency }: Pick<Counts, "latency">) => ({
  p50Ms: quantile(latency, 0.5) ?? null,
  p95Ms: quantile(latency, 0.95) ?? null,
  p99Ms: quantile(latency, 0.99) ?? null,
});

/** Points of a chart: at most about 360, each a whole number of windows. */
export function chartSeconds(minutes: number): number {
  const wanted = (minutes * 60) / 360;
  return [10, 30, 60, 300, 600, 1800, 3600].find((seconds) => seconds >= wanted) ?? 3600;
}
