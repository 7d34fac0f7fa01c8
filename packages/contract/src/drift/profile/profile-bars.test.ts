import { expect, test } from "vitest";
import { seededRandom } from "../math/random.ts";
import { profileBars } from "./profile-bars.ts";
import { ProfileBuilder } from "./profile-builder.ts";
import type { ColumnProfile } from "./reference-profile.ts";

const barsOf = (values: readonly unknown[], kind: ColumnProfile["kind"]) => {
  const builder = new ProfileBuilder([{ name: "x", kind }]);
  for (const x of values) builder.add({ x });
  return profileBars(builder.build().columns[0] as ColumnProfile);
};
const repeat = <T>(value: T, times: number): T[] => new Array<T>(times).fill(value);
const total = (bars: readonly { share: number }[]) => bars.reduce((sum, { share }) => sum + share, 0);

test("numbers lie in bars of equal width, however their cells are cut: a bell looks like a bell", () => {
  const random = seededRandom(7);
  const bell = Array.from({ length: 20_000 }, () => Array.from({ length: 12 }, random).reduce((a, b) => a + b, 0));
  const bars = barsOf(bell, "numeric");
  expect(bars).toHaveLength(20);
  expect(total(bars)).toBeCloseTo(1, 9);
  const highest = bars.reduce((best, bar) => (bar.share > best.share ? bar : best));
  expect(bars.indexOf(highest)).toBeGreaterThan(6);
  expect(bars.indexOf(highest)).toBeLessThan(13);
  expect(bars[0]?.share).toBeLessThan(highest.share / 3);
});

test("a uniform column is flat, and labels name the ends of a bar", () => {
  const bars = barsOf(
    Array.from({ length: 2000 }, (_, value) => value),
    "numeric",
  );
  expect(bars.every(({ share }) => Math.abs(share - 0.05) < 0.002)).toBe(true);
  expect(bars[0]?.label).toBe("0 to 100");
  expect(bars.at(-1)?.label).toBe("1,899 to 1,999");
});

test("a value that many rows share stands out at its place", () => {
  const bars = barsOf([...repeat(0, 600), ...Array.from({ length: 400 }, (_, value) => value + 1)], "numeric");
  expect(bars[0]?.share).toBeCloseTo(0.62, 1);
  expect(total(bars)).toBeCloseTo(1, 9);
});

test("a few values each have a bar with their name; one value alone has one", () => {
  expect(barsOf([...repeat(1, 300), ...repeat(2, 300), ...repeat(7, 400)], "numeric")).toEqual([
    { label: "1", share: 0.3 },
    { label: "2", share: 0.3 },
    { label: "7", share: 0.4 },
  ]);
  expect(barsOf(repeat(5, 300), "numeric")).toEqual([{ label: "5", share: 1 }]);
});

test("categories keep their order, and nothing is drawn where there is nothing", () => {
  expect(barsOf([...repeat("b", 100), ...repeat("a", 300)], "categorical")).toEqual([
    { label: "a", share: 0.75 },
    { label: "b", share: 0.25 },
  ]);
  expect(barsOf(repeat(null, 10), "numeric")).toEqual([]);
  expect(barsOf(repeat(null, 10), "categorical")).toEqual([]);
});
