import {
  comparisonProfile,
  ProfileBuilder,
  probabilityProfile,
  type ReferenceProfile,
  WindowCounts,
} from "@pave/contract/drift";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countsBetween, predictionComparison } from "../serving/index.ts";
import { WatchedHouse } from "./testing/watched-house.ts";

let house: WatchedHouse;
let stable: string;
let candidate: string;
beforeAll(async () => {
  house = await WatchedHouse.create();
  stable = await house.release(await house.version(profile));
  candidate = await house.release(await house.version());
  await house.activate(stable);
});
afterAll(() => house.close());

const profile = (() => {
  const builder = new ProfileBuilder(
    [
      { name: "x", kind: "numeric" },
      { name: "y", kind: "categorical" },
    ],
    { prediction: "numeric" },
  );
  for (let row = 0; row < 500; row += 1) builder.add({ x: row % 50, y: "ab"[row % 2] }, (row % 100) / 100);
  return builder.build();
})();
const rowsOf = (of: ReferenceProfile, from: number, to: number, answer = (row: number) => (row % 100) / 100) => {
  const counts = new WindowCounts(of);
  for (let row = from; row < to; row += 1) counts.observe({ x: row % 60, ...(row % 3 ? { y: "a" } : {}) }, answer(row));
  return counts;
};
const hour = () => ({ from: new Date(house.nowMs - 3_600_000), to: new Date(house.nowMs + 60_000) });
const counted = (releaseId: string) =>
  countsBetween(house.ctx, { deploymentId: house.deploymentId, releaseId, ...hour() });

test("gateways are told a release's profile, and in whose cells all answers are compared", async () => {
  const config = await house.serving.gatewayConfig(
    house.ctx,
    { after: -1, waitSeconds: 0 },
    new AbortController().signal,
  );
  const [endpoint] = config?.endpoints ?? [];
  expect(endpoint?.comparison).toEqual(comparisonProfile(profile));
  expect(endpoint?.releases).toMatchObject([{ releaseId: stable, profile: { path: "profile.json", size: 3 } }]);
});

test("counts of several gateways and seconds add up to those of all rows, also after they were rolled up", async () => {
  house.nowMs += 30_000;
  for (const [from, to] of [
    [0, 10],
    [10, 300],
    [300, 301],
  ] as const) {
    await house.report(stable, [rowsOf(profile, from, to).toJSON()]);
    house.nowMs += 7000;
  }
  const expected = rowsOf(profile, 0, 301).toJSON();
  expect((await counted(stable))?.toJSON()).toEqual(expected);
  expect(await counted(candidate)).toBeUndefined();

  const nowMs = house.nowMs;
  house.nowMs += 30 * 3_600_000;
  await house.serving.prune(house.ctx);
  const rows = await house.ctx.db.selectFrom("profile_windows").select("seconds").execute();
  expect(rows).toEqual([{ seconds: 300 }]);
  house.nowMs = nowMs;
  expect((await counted(stable))?.toJSON()).toEqual(expected);
  house.nowMs += 31 * 24 * 3_600_000;
  await house.serving.prune(house.ctx);
  house.nowMs = nowMs;
  expect(await counted(stable)).toBeUndefined();
});

test("counts that do not fit are refused one by one, and the window is taken", async () => {
  const good = rowsOf(profile, 0, 5).toJSON();
  const bad: unknown[] = [
    null,
    7,
    { ...good, profile: "unknown" },
    { ...good, cells: good.cells.slice(1) },
    { ...good, cells: good.cells.map((count) => count + 1) },
    { ...good, rows: -1 },
    { ...good, rows: 2 ** 53 },
    { ...good, sums: good.sums.map(() => 1e308) },
  ];
  await house.report(stable, bad.slice(0, 4));
  await house.report(stable, bad.slice(4));
  expect(await counted(stable)).toBeUndefined();
  await house.report(stable, [bad[0], good]);
  expect((await counted(stable))?.toJSON()).toEqual(good);
  house.nowMs += 7_200_000;
});

test("a release is told apart from stable by answers in the same cells", async () => {
  const compare = () =>
    predictionComparison(house.ctx, {
      deploymentId: house.deploymentId,
      stableReleaseId: stable,
      candidateReleaseId: candidate,
      steps: [hour().from],
    });
  expect(await compare()).toBeUndefined();
  const cells = comparisonProfile(profile);
  await house.report(stable, [rowsOf(profile, 0, 900).toJSON(), rowsOf(cells, 0, 900).toJSON()]);
  expect(await compare()).toMatchObject({ status: "too-few-rows", rows: { stable: 900, candidate: 0 } });
  await house.report(candidate, [rowsOf(cells, 0, 200, () => 0.9).toJSON()]);
  expect(await compare()).toMatchObject({ status: "different", rows: { stable: 900, candidate: 200 } });
});

test("without a profile the answers are compared as probabilities", async () => {
  const [before, next] = [candidate, await house.release(await house.version())];
  await house.report(before, [rowsOf(probabilityProfile, 0, 300).toJSON()]);
  await house.report(next, [rowsOf(probabilityProfile, 0, 100).toJSON()]);
  const compared = await predictionComparison(house.ctx, {
    deploymentId: house.deploymentId,
    stableReleaseId: before,
    candidateReleaseId: next,
    steps: [hour().from],
  });
  expect(compared).toMatchObject({ status: "alike", rows: { stable: 300, candidate: 100 } });
});
