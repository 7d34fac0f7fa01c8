import { emptyLatency, type GatewayWindow, type ModelCheck, type Plan } from "@pave/contract";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { newId } from "../../kernel/ids.ts";
import { createReleaseHouse, type ReleaseHouse, type TestProject } from "./testing/release-house.ts";

let house: ReleaseHouse;
let test: TestProject;
let revisionId: string;
beforeAll(async () => {
  house = await createReleaseHouse();
  await house.environment("staging", "approvals: { quorum: 0 }\n");
  await house.environment("guarded", "approvals: { roles: [reviewer], quorum: 1 }\n");
});
afterAll(() => house.close());
beforeEach(async () => {
  test = await house.project();
  revisionId = await house.revision(test);
});

const atRates = "at 500 g CO₂e per kWh, $0.03 per CPU hour and $0.004 per GiB hour";
/** 730 hours of a GiB at the rates of the house: $0.004 an hour, 0.375 W per GB at 500 g per kWh. */
const gib = { usd: 2.92, grams: 146.968 };

const check = (gibibytes: number, p50Ms = 1): ModelCheck => ({
  ok: true,
  rows: 3,
  maxDifference: 0,
  loadMs: 5,
  p50Ms,
  rssBytes: 2 ** 31,
  heldBytes: gibibytes * 2 ** 30,
  signature: null,
  inputExample: null,
});
const version = (found: ModelCheck, more: object = {}) =>
  house.version(test, { auc: 0.7 }, { revisionId, check: found, ...more });

/** Requests of one row, 4 ms each. */
async function sendTraffic(requests: number, environment = "staging"): Promise<void> {
  const { id, active } = await house.deployment(test, environment);
  const window: GatewayWindow = {
    windowId: newId(),
    deploymentId: id,
    releaseId: active?.id ?? "",
    modelVersion: active?.modelVersion ?? "",
    start: house.ctx.clock.now().toISOString(),
    seconds: 1,
    requests,
    rows: requests,
    errors4xx: 0,
    errors5xx: 0,
    latency: { ...emptyLatency(), sumMs: requests * 4 },
  };
  await house.gateway().report({ windows: [window] });
}

it("of a first release is the memory of its model", async () => {
  await version(check(1));
  const { estimate } = await house.plan(test, "staging", { dryRun: true });
  expect(estimate).toEqual({
    costPerMonthUsd: expect.closeTo(gib.usd, 4),
    gramsCo2ePerMonth: expect.closeTo(gib.grams, 2),
    now: null,
    once: null,
    method: `No traffic yet, memory only: 1074 MB of loaded models in 1 gateway process, ${atRates}`,
  });
});

it("of the next release adds it to the live one, kept for the way back, and extrapolates the traffic", async () => {
  await version(check(1));
  await house.release(test, "staging");
  house.pass(2 * 24 * 3_600_000);
  await sendTraffic(48_000);
  await version(check(0.5, 3), { testArtifactId: null });
  const { estimate } = await house.plan(test, "staging", { dryRun: true });
  // 730,000 requests a month: 4 ms each now, of which 1 ms is the model's; with the new one 6 ms.
  expect(estimate).toMatchObject({
    costPerMonthUsd: expect.closeTo(1.5 * gib.usd + (4380 / 3600) * 0.03, 4),
    gramsCo2ePerMonth: expect.closeTo(1.5 * gib.grams + ((4380 * 4) / 3.6e6) * 500, 1),
    now: {
      costPerMonthUsd: expect.closeTo(gib.usd + (2920 / 3600) * 0.03, 4),
      gramsCo2ePerMonth: expect.closeTo(gib.grams + ((2920 * 4) / 3.6e6) * 500, 1),
    },
    method: expect.stringMatching(/^730,\d{3} requests a month \(48,000 in 2 days\) and 1611 MB of loaded models/),
  });
});

it("takes the first hours of a deployment for a day", async () => {
  await version(check(1));
  await house.release(test, "staging");
  house.pass(600_000);
  await sendTraffic(24);
  await version(check(1), { testArtifactId: null });
  const { estimate } = await house.plan(test, "staging", { dryRun: true });
  expect(estimate?.method).toContain("730 requests a month (24 in 1 day)");
});

it("is not known where the memory of a model was not measured, and says of which", async () => {
  // a check that was made before memory was measured
  const { heldBytes: _, ...older } = check(1);
  await version(older);
  const models = [`${test.project}@1`];
  expect((await house.plan(test, "staging", { dryRun: true, models })).estimate).toMatchObject({
    costPerMonthUsd: null,
    gramsCo2ePerMonth: null,
    method: `No estimate: the memory of ${test.project} version 1 was not measured when it was registered`,
  });
});

it("says what scoring the champion took, once that is over", async () => {
  await version(check(1), { testArtifactId: await house.testSet(test, "one") });
  await house.release(test, "guarded");
  await house.approve(test, 1);
  await settle(1);
  await version(check(1), { testArtifactId: await house.testSet(test, "two") });
  const { number, state, estimate } = await house.plan(test, "guarded");
  expect([state, estimate?.once]).toEqual(["evaluating", null]);
  await house.tick();
  expect((await house.show(test, number)).estimate).toEqual(estimate);
  const evaluation = house.evaluations.at(-1);
  if (evaluation) evaluation.result = { state: "succeeded", metrics: { auc: 0.7 }, message: null };
  await house.tick();
  expect((await house.show(test, number)).estimate?.once).toEqual({
    costUsd: expect.closeTo(0.03 + 0.004, 6),
    gramsCo2e: expect.closeTo(5, 6),
  });
});

it("stays what it was when people approved, and makes no plan stale or another one", async () => {
  await version(check(1));
  await house.release(test, "guarded");
  await house.approve(test, 1);
  await settle(1);
  await version(check(1), { testArtifactId: null });
  const { number, hash, estimate } = await house.plan(test, "guarded", { autoApply: false });
  await house.approve(test, number);
  await sendTraffic(1_000_000, "guarded");
  house.pass(60_000);
  await house.tick();
  expect(await house.show(test, number)).toMatchObject({ state: "ready", hash, estimate });

  expect(await house.plans.recompute(house.dev, { projectId: test.projectId, number })).toBe(number);
  const again = await house.show(test, number);
  expect(again).toMatchObject({ state: "ready", hash, approvals: { given: 1 } });
  expect(again.estimate?.method).toContain("(1,000,000 in 1 day)");
});

it("is not made for a plan that releases nothing", async () => {
  await house.revision(test, { gates: [{ check: "metrics.auc >= 0.5" }] });
  expect((await house.plan(test, "staging", { kind: "gates", dryRun: true })).estimate).toBeNull();
});

/** The worker and the gateway until the plan is applied. */
async function settle(number: number): Promise<Plan> {
  for (let round = 0; round < 3; round += 1) {
    await house.tick();
    await house.gateway().report();
  }
  await house.tick();
  return house.show(test, number);
}
