/**
 * Latency as a histogram with fixed bounds, so that windows of different gateways and seconds can be added up and
 * still give quantiles. Bounds grow by the fourth root of two from 1/16 ms to about 65 s: a quantile is off by at most
 * 9 % of its value.
 */
import { z } from "zod";

const stepsPerDoubling = 4;
const firstExponent = -4;
const lastExponent = 16;

/** Upper bounds, inclusive. Bucket `i` counts values above bound `i - 1`; one more bucket counts those above the last. */
export const latencyBucketsMs: readonly number[] = Array.from(
  { length: (lastExponent - firstExponent) * stepsPerDoubling + 1 },
  (_, index) => 2 ** (firstExponent + index / stepsPerDoubling),
);

export const latencySchema = z.object({
  sumMs: z.number().nonnegative(),
  maxMs: z.number().nonnegative(),
  buckets: z.array(z.number().int().nonnegative()).length(latencyBucketsMs.length + 1),
});
export type Latency = z.infer<typeof latencySchema>;

export const emptyLatency = (): Latency => ({
  sumMs: 0,
  maxMs: 0,
  buckets: new Array<number>(latencyBucketsMs.length + 1).fill(0),
});

export function latencyBucketOf(milliseconds: number): number {
  if (!(milliseconds > 2 ** firstExponent)) return 0;
  const bucket = Math.ceil((Math.log2(milliseconds) - firstExponent) * stepsPerDoubling - 1e-9);
  return Math.min(bucket, latencyBucketsMs.length);
}

/** Adds one observation in place. */
export function observeLatency(latency: Latency, milliseconds: number): void {
  const bucket = latencyBucketOf(milliseconds);
  latency.buckets[bucket] = (latency.buckets[bucket] ?? 0) + 1;
  latency.sumMs += milliseconds;
  if (milliseconds > latency.maxMs) latency.maxMs = milliseconds;
}

export function mergeLatency(a: Latency, b: Latency): Latency {
  return {
    sumMs: a.sumMs + b.sumMs,
    maxMs: Math.max(a.maxMs, b.maxMs),
    buckets: a.buckets.map((count, index) => count + (b.buckets[index] ?? 0)),
  };
}

/** The `q` quantile (0 to 1) in ms, interpolated within its bucket, never above the maximum seen; undefined when nothing was counted. */
export function quantile(latency: Latency, q: number): number | undefined {
  const total = latency.buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = Math.min(1, Math.max(0, q)) * total;
  let below = 0;
  for (const [index, count] of latency.buckets.entries()) {
    if (count > 0 && below + count >= rank) {
      const lower = latencyBucketsMs[index - 1] ?? 0;
      const upper = Math.min(latencyBucketsMs[index] ?? latency.maxMs, latency.maxMs);
      return Math.min(latency.maxMs, lower + Math.max(0, upper - lower) * ((rank - below) / count));
    }
    below += count;
  }
  return latency.maxMs;
}
