import { expect, test } from "vitest";
import { WindowCounts } from "../counts/window-counts.ts";
import { seededRandom } from "../math/random.ts";
import { type ColumnDeclaration, ProfileBuilder } from "../profile/profile-builder.ts";
import { driftPolicySchema } from "./drift-policy.ts";
import { type ColumnJudgement, isAlert } from "./judge-column.ts";
import { type JudgeOptions, judgeWindow, type WindowJudgement } from "./judge-window.ts";

type Values = readonly unknown[];
const repeat = <T>(value: T, times: number): T[] => new Array<T>(times).fill(value);
const uniform = (seed: number, rows: number, from = 0, to = 1): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => from + random() * (to - from));
};
const letters = (seed: number, rows: number, of = "abcd"): string[] =>
  uniform(seed, rows, 0, of.length).map((at) => of[Math.floor(at)] ?? "");

/** Judges one column `x` in windows that come one after the other; returns every judgement of it. */
function judge(
  kind: ColumnDeclaration["kind"],
  reference: Values,
  windows: readonly Values[],
  options: JudgeOptions = {},
) {
  const builder = new ProfileBuilder([{ name: "x", kind }]);
  for (const x of reference) builder.add({ x });
  const profile = builder.build();
  const judgements: WindowJudgement[] = [];
  for (const window of windows) {
    const counts = new WindowCounts(profile);
    for (const x of window) counts.observe({ x });
    judgements.push(judgeWindow(counts, { ...options, recent: judgements.slice() }));
  }
  return judgements.map(({ columns }) => columns[0] as ColumnJudgement);
}
const statusesOf = (judgements: readonly ColumnJudgement[]) => judgements.map(({ status }) => status);

test("a shift is watched first, alerts when it lasts, and is over when it is over", () => {
  const [as, moved] = [(seed: number) => uniform(seed, 500), (seed: number) => uniform(seed, 500, 0.25, 1)];
  const judgements = judge("numeric", uniform(1, 5000), [as(2), moved(3), moved(4), as(5), moved(6), as(7), as(8)]);
  expect(statusesOf(judgements)).toEqual(["ok", "watch", "drift", "ok", "drift", "ok", "ok"]);
  expect(judgements[1]?.reason).toMatch(
    /^PSI 0\.\d+ over 500 values, where chance alone stays below 0\.0\d+ and 0\.1 is tolerated; the mean is 0\.4\d+ standard deviations higher; most at 0\.\d+ to 0\.\d+: \S+ % before, 0\.1 % now; alerts when found in 2 of 3 windows$/,
  );
});

test("a column that is ignored is never found, and does not make it harder to find another", () => {
  const builder = new ProfileBuilder([
    { name: "x", kind: "numeric" },
    { name: "y", kind: "numeric" },
  ]);
  for (const x of uniform(1, 5000)) builder.add({ x, y: x });
  const counts = new WindowCounts(builder.build());
  for (const x of uniform(2, 500, 0.25, 1)) counts.observe({ x, y: x });
  const judged = judgeWindow(counts, { policy: driftPolicySchema.parse({ ignore: ["x", "gone"] }) });
  expect(judged.columns.map(({ column, status, isJudged }) => [column, status, isJudged])).toEqual([
    ["y", "watch", true],
    ["x", "ignored", false],
  ]);
  const all = judgeWindow(counts, { policy: driftPolicySchema.parse({ ignore: ["x", "y"] }) });
  expect(all).toMatchObject({ status: "no-reference", reason: "no column that is compared has a reference" });
});

test("a large window makes no finding of a shift without consequence, a small one none of chance", () => {
  const [large] = judge("numeric", uniform(1, 50_000), [uniform(2, 50_000, 0.03, 1)]);
  expect(large?.comparison?.chiSquare.p).toBeLessThan(1e-20);
  expect(large).toMatchObject({ status: "ok", findings: [] });
  const small = judge("numeric", uniform(1, 300), [uniform(9, 200)], {
    policy: driftPolicySchema.parse({ psi: 0.001 }),
  });
  expect(statusesOf(small)).toEqual(["ok"]);
});

test.each([
  ["199 rows", uniform(1, 1000), uniform(2, 199), "too-few-rows", /^199 of the 200 rows/],
  ["no rows", uniform(1, 1000), [], "too-few-rows", /^0 of the 200 rows/],
  ["a reference of a few rows", uniform(1, 150), uniform(2, 500), "no-reference", /only 150 values/],
  ["a reference without values", repeat(null, 500), uniform(2, 500), "no-reference", /not one value/],
  [
    "a constant that stays",
    repeat(7, 500),
    repeat(7, 400),
    "constant-reference",
    /^the reference has one single value, and so have all but a few of 400/,
  ],
  [
    "few values in many rows",
    [...repeat(null, 800), ...uniform(1, 400)],
    [...repeat(null, 200), ...uniform(2, 99)],
    "too-few-rows",
    /^99 values in 299 rows/,
  ],
])("%s is never an ok", (_, reference, window, status, reason) => {
  const [judgement] = judge("numeric", reference, [window]);
  expect(judgement).toMatchObject({ status, reason: expect.stringMatching(reason) });
});

const once = { policy: driftPolicySchema.parse({ persistence: { windows: 1, of: 1 } }) };

test("a constant that changes is found, though it has no deciles and no deviation", () => {
  const [judgement] = judge("numeric", repeat(7, 500), [[...repeat(7, 300), ...repeat(8, 100)]], once);
  expect(judgement).toMatchObject({
    status: "unseen-values",
    findings: ["unseen-values", "drift"],
    unseenRate: 0.25,
    reason: expect.stringMatching(
      /^25 % of 400 values lie where the reference has no values; 0\.4 % would be usual; PSI/,
    ),
  });
  expect(judgement?.comparison).toMatchObject({ wasserstein: null, meanShift: null });
});

test("a column that is mostly zero is seen to change above it, and below", () => {
  const reference = [...repeat(0, 900), ...uniform(1, 100)];
  for (const moved of [0.5, -0.5]) {
    const [judgement] = judge("numeric", reference, [[...repeat(0, 300), ...repeat(moved, 100)]], once);
    expect(judgement?.findings).toContain("drift");
  }
});

test("what was rare in a long reference and fills a short window is found", () => {
  const reference = Array.from({ length: 10_000 }, (_, index) => index % 200 === 0);
  const window = (share: number) => Array.from({ length: 200 }, (_, index) => index < 200 * share);
  const found = judge("boolean", reference, [window(0.005), window(0.12), window(1)], once);
  expect(statusesOf(found)).toEqual(["ok", "drift", "drift"]);
  expect(found[0]).toMatchObject({ comparison: null, isJudged: true, reason: expect.stringMatching(/^all but a few/) });
  const numbers = reference.map((isRare) => (isRare ? 9 : 1));
  expect(statusesOf(judge("numeric", numbers, [repeat(9, 200)], once))).toEqual(["drift"]);
});

test("a unit that changes is called what it is", () => {
  const [judgement] = judge("numeric", uniform(1, 1000), [uniform(2, 300, 0, 1000)], once);
  expect(judgement).toMatchObject({
    status: "unseen-values",
    reason: expect.stringMatching(/^100 % of 300 values lie/),
  });
});

test.each([
  ["more are missing", 0.01, 0.06, "missing-values", /^6\.0 % of 1,000 rows have no value, in the reference 1\.0 %/],
  ["fewer are missing", 0.2, 0.1, "missing-values", /^10 % of 1,000 rows have no value, in the reference 20 %/],
  ["hardly more are missing", 0.05, 0.06, "ok", /^PSI/],
  ["all are missing", 0.01, 1, "all-missing", /^not one value in 1,000 rows; the reference lacks 1\.0 %/],
])("%s", (_, before, now, status, reason) => {
  const withMissing = (values: number[], share: number) =>
    values.map((value, at) => (at < values.length * share ? null : value));
  const [judgement] = judge(
    "numeric",
    withMissing(uniform(1, 5000), before),
    [withMissing(uniform(2, 1000), now)],
    once,
  );
  expect(judgement).toMatchObject({ status, reason: expect.stringMatching(reason), missingRate: now });
});

test("a category that the reference never had is found at one in a hundred and more", () => {
  const window = (unseen: number) => [...letters(2, 1000 - unseen), ...repeat("new", unseen)];
  expect(statusesOf(judge("categorical", letters(1, 5000), [window(5)], once))).toEqual(["ok"]);
  const [judgement] = judge("categorical", letters(1, 5000), [window(30)], once);
  expect(judgement).toMatchObject({
    status: "unseen-values",
    unseenRate: 0.03,
    reason: expect.stringMatching(
      /^3\.0 % of 1,000 values have a category that the reference never had; less than 0\.1 % would be usual; PSI 0\.\d+ .*; most at values that the reference never had: less than 0\.1 % before, 3\.\d % now$/,
    ),
  });
});

test("new categories are no news where the reference itself had many that came once", () => {
  const cities = (seed: number, rows: number) => uniform(seed, rows).map((x) => `city ${Math.floor(x ** 3 * 600)}`);
  const reference = cities(1, 1000);
  const judgements = judge("categorical", reference, [cities(2, 1000), cities(3, 5000)], once);
  expect(judgements[0]?.unseenRate).toBeGreaterThan(0.05);
  expect(statusesOf(judgements)).toEqual(["ok", "ok"]);
});

test("ids are not compared", () => {
  const ids = Array.from({ length: 1000 }, (_, index) => `customer ${index}`);
  expect(statusesOf(judge("categorical", ids, [ids.map((id) => `${id}x`)]))).toEqual(["no-reference"]);
});

test("windows that could not be judged neither alert nor make forget", () => {
  const moved = (seed: number) => uniform(seed, 500, 0.3, 1);
  const judgements = judge("numeric", uniform(1, 5000), [moved(2), uniform(3, 20), uniform(4, 20), moved(5)]);
  expect(statusesOf(judgements)).toEqual(["watch", "too-few-rows", "too-few-rows", "drift"]);
});

test("columns are ranked by effect times importance, alerts first, and the window is summed up", () => {
  const builder = new ProfileBuilder(
    ["a", "b", "c"].map((name) => ({ name, kind: "numeric" })),
    { prediction: "numeric" },
  );
  for (const x of uniform(1, 5000)) builder.add({ a: x, b: x, c: x }, x);
  const window = new WindowCounts(builder.build());
  for (const x of uniform(2, 1000)) window.observe({ a: x, b: 0.35 + 0.65 * x, c: 0.25 + 0.75 * x }, x);

  const plain = judgeWindow(window, once);
  expect(plain.columns.map(({ column }) => column)).toEqual(["b", "c", "a"]);
  expect(plain).toMatchObject({
    status: "drift",
    rows: 1000,
    reason: expect.stringMatching(/^b: PSI .* \(and 1 other column\)$/),
  });
  expect(plain.prediction).toMatchObject({ column: "prediction", status: "ok" });
  const weighted = judgeWindow(window, { ...once, importance: { b: 0.01, c: 10 } });
  expect(weighted.columns.map(({ column }) => column)).toEqual(["c", "b", "a"]);
  expect(plain.columns.map(({ status }) => isAlert(status))).toEqual([true, true, false]);
  expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
});

test("a window of which nothing could be judged says so", () => {
  const builder = new ProfileBuilder([{ name: "x", kind: "numeric" }]);
  const empty = builder.build();
  expect(judgeWindow(new WindowCounts(empty))).toMatchObject({ status: "no-reference" });
  for (const x of uniform(1, 1000)) builder.add({ x });
  expect(judgeWindow(new WindowCounts(builder.build()))).toMatchObject({ status: "too-few-rows" });
});

test("a policy is checked", () => {
  expect(driftPolicySchema.parse({})).toMatchObject({ psi: 0.1, minRows: 200, persistence: { windows: 2, of: 3 } });
  expect(driftPolicySchema.safeParse({ persistence: { windows: 3, of: 2 } }).success).toBe(false);
  expect(driftPolicySchema.safeParse({ psy: 1 }).success).toBe(false);
});
