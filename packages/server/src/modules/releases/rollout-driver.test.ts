import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { RolloutDriver } from "./rollout-driver.ts";
import { startCanary } from "./testing/canary-house.ts";
import { createReleaseHouse, type ReleaseHouse } from "./testing/release-house.ts";

// two canaries from their first release on, on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 120_000 });

let house: ReleaseHouse;
let driver: RolloutDriver;
const stuck = Promise.withResolvers<undefined>();
beforeAll(async () => {
  house = await createReleaseHouse();
  await house.environment("canary", "approvals: { quorum: 0 }\nrollout: { canary: [5, 25, 100], abortWhen: [] }\n");
});
beforeEach(() => {
  driver = house.rolloutDriver();
});
afterEach(async () => {
  stuck.resolve(undefined);
  await driver.stop();
});
afterAll(() => house.close());

const start = async () => {
  const canary = await startCanary(house, await house.project(), "canary", {
    ...{ every: "1m", minRequests: 50, maxWait: "10m", abortWhen: [] },
  });
  await canary.ready();
  return canary;
};

it("a rollout whose evidence does not come holds up no other, and is not driven twice", async () => {
  const [slow, fine] = [await start(), await start()];
  const slowId = await slow.deploymentId();
  const asked: string[] = [];
  house.evidence.predictionComparison = async (_ctx, { deploymentId }) => {
    asked.push(deploymentId);
    return deploymentId === slowId ? await stuck.promise : undefined;
  };
  const pass = async (milliseconds: number) => {
    house.pass(milliseconds);
    await house.gateway().report();
    await driver.drive(house.ctx);
  };
  await slow.answered({ requests: 950 }, { requests: 50 });
  await fine.answered({ requests: 950 }, { requests: 50 });

  await pass(60_000);
  await expect.poll(() => fine.show()).toMatchObject({ state: "stepping", step: { number: 2 } });
  // its lease too: a quarter of a minute is many turns
  for (let turns = 0; turns < 4; turns += 1) {
    await pass(5_000);
    const until = new Date(house.ctx.clock.now().getTime() + 15_000).toISOString();
    await expect.poll(async () => (await fine.endpoint())?.weights[1]).toMatchObject({ weight: 25, leaseUntil: until });
  }
  expect(asked.filter((id) => id === slowId)).toHaveLength(1);
  expect(await slow.show()).toMatchObject({ state: "stepping", step: { number: 1 } });

  // whoever decides about the stuck one need not wait for it, and what it knew before counts no more
  await slow.move("abort");
  stuck.resolve(undefined);
  await driver.idle();
  expect(await slow.show()).toMatchObject({ state: "aborted" });
  expect(await slow.weights()).toEqual([["1", 100]]);
});
