import { expect, it } from "vitest";
import { ageBucket, ageQuantile } from "./label-age.ts";

it("ages come back a little too high at most, from seconds to years", () => {
  for (const seconds of [1, 30, 3600, 86_400, 30 * 86_400, 2 * 365 * 86_400]) {
    const ages = Array.from({ length: 54 }, () => 0);
    ages[ageBucket(seconds)] = 7;
    const found = ageQuantile(ages, 0.5) ?? 0;
    expect(found).toBeGreaterThanOrEqual(seconds);
    expect(found).toBeLessThan(seconds * 1.5 + 2);
  }
  expect(ageQuantile([], 0.5)).toBeUndefined();
  expect(ageQuantile([1, 8, 1], 0.95)).toBe(ageQuantile([0, 0, 1], 0.5));
  expect([ageBucket(-5), ageBucket(1e12)]).toEqual([0, 53]);
});
