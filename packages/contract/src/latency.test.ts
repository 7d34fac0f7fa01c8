import { expect, test } from "vitest";
import {
  emptyLatency,
  latencyBucketOf,
  latencyBucketsMs,
  latencySchema,
  mergeLatency,
  observeLatency,
  quantile,
} from "./latency.ts";

const latencyOf = (values: readonly number[]) => {
  const latency = emptyLatency();
  for (const value of values) observeLatency(latency, value);
  return latency;
};

test("a value on a bound is counted below it, a larger one above it", () => {
  for (const [index, bound] of latencyBucketsMs.entries()) {
    expect(latencyBucketOf(bound)).toBe(index);
    expect(latencyBucketOf(bound * 1.001)).toBe(index + 1);
  }
  expect(latencyBucketOf(0)).toBe(0);
  expect(latencyBucketOf(Number.NaN)).toBe(0);
  expect(latencyBucketOf(1e12)).toBe(latencyBucketsMs.length);
});

test.each([0.5, 0.9, 0.99])("quantile %d is right to a fifth whatever the scale", (q) => {
  for (const scale of [0.1, 1, 50, 3000]) {
    const values = Array.from({ length: 2000 }, (_, index) => (scale * (1 + ((index * 7919) % 2000))) / 1000);
    const exact = values.toSorted((a, b) => a - b)[Math.ceil(values.length * q) - 1] ?? 0;
    const found = quantile(latencyOf(values), q) ?? 0;
    expect(Math.abs(found - exact) / exact).toBeLessThan(0.2);
  }
});

test("quantiles of nothing are undefined, and never above the maximum", () => {
  expect(quantile(emptyLatency(), 0.5)).toBeUndefined();
  expect(quantile(latencyOf([3]), 0.99)).toBeLessThanOrEqual(3);
  expect(quantile(latencyOf([3]), 1)).toBe(3);
  expect(quantile(latencyOf([1e9]), 0.5)).toBeLessThanOrEqual(1e9);
});

test("merging windows is the same as counting them together", () => {
  const a = [0.25, 1, 5, 900];
  const b = [0.125, 1, 70_000];
  expect(mergeLatency(latencyOf(a), latencyOf(b))).toEqual(latencyOf([...a, ...b]));
  expect(latencySchema.parse(latencyOf(a))).toEqual(latencyOf(a));
});
