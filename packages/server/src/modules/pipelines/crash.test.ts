/*
 * What kill -9 does to a run: each process is killed at one of its first transactions, right before or right after the
 * commit, and the next one goes on. However it is cut, the run ends with every step done once.
 */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Ctx } from "../../db/context.ts";
import { createFakeRunner, finishBody, honestScript } from "./testing/fake-runner.ts";
import { testProject } from "./testing/test-project.ts";
import { createTestWorld, type TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.push(testProject());
});

const killed = new Error("killed");
const expireLeases = () =>
  sql`update work set lease_until = clock_timestamp() - interval '1 second' where state = 'leased'`.execute(
    world.ctx.db,
  );

/** A context whose process dies at its n-th transaction, before or after the commit; nothing can be done with it then. */
function dyingContext(transactions: number, when: "before" | "after"): Ctx {
  let left = transactions;
  const { kysely } = world.ctx.database;
  const alive = <T>(fn: () => T): T => {
    if (left <= 0) throw killed;
    return fn();
  };
  const transaction = () =>
    alive(() => {
      left -= 1;
      const isLast = left === 0;
      const builder = kysely.transaction();
      const execute = async <T>(fn: (tx: never) => Promise<T>): Promise<T> => {
        const result = await builder.execute(async (tx) => {
          const inner = await fn(tx as never);
          if (isLast && when === "before") throw killed;
          return inner;
        });
        if (isLast) throw killed;
        return result;
      };
      return { setIsolationLevel: () => ({ execute }), execute };
    });
  const db = new Proxy(kysely, {
    get(target, key) {
      if (key === "transaction") return transaction;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? (...args: unknown[]) => alive(() => value.apply(target, args)) : value;
    },
  });
  const database = { ...world.ctx.database, kysely: db };
  return { ...world.ctx, db, database };
}

/** Goes on until the run is over, in processes that die; gives how many there were. */
async function driveWithCrashes(number: number, seed: number): Promise<number> {
  const random = randomOf(seed);
  for (let processes = 1; processes < 500; processes += 1) {
    const { state } = await world.show(number);
    if (state !== "queued" && state !== "running") return processes;
    const ctx = dyingContext(1 + Math.floor(random() * 9), random() < 0.5 ? "before" : "after");
    const { pipelines, jobs } = world.another();
    const runner = createFakeRunner({ ...world, ctx, jobs }, honestScript);
    try {
      await pipelines.tickRuns(ctx);
      for (const item of await runner.claim(1)) await runner.finish(item);
    } catch (error) {
      if (error !== killed) throw error;
    }
    // The killed runner's leases pass; what it did not finish is given to the next one.
    await expireLeases();
    await jobs.reapExpiredLeases(world.ctx);
    await sql`update work set claims = 0, available_at = clock_timestamp()`.execute(world.ctx.db);
  }
  throw new Error("the run never ended");
}

/** mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "processes that die at any transaction lose nothing and double nothing (seed %i)",
  async (seed) => {
    const versionsBefore = await world.ctx.db.selectFrom("model_versions").select("version").execute();
    const number = await world.start("train", { refresh: true });
    expect(await driveWithCrashes(number, seed)).toBeGreaterThan(5);

    const run = await world.show(number);
    expect(run).toMatchObject({ state: "succeeded", message: null, metrics: { auc: 0.7, loss: 0.2 } });
    for (const step of run.graph) {
      expect(step.state).toBe("succeeded");
      expect(step.attempts.map((attempt) => attempt.state)).toEqual(["succeeded"]);
    }
    const versions = await world.ctx.db.selectFrom("model_versions").select("version").execute();
    expect(versions).toHaveLength(versionsBefore.length + 1);
    const finished = await world.ctx.db
      .selectFrom("ledger_events")
      .select("type")
      .where("subject_id", "=", run.id)
      .where("type", "=", "run.finished")
      .execute();
    expect(finished).toHaveLength(1);
    const artifacts = await world.ctx.db
      .selectFrom("artifacts as a")
      .innerJoin("attempts as t", "t.id", "a.attempt_id")
      .innerJoin("steps as s", "s.id", "t.step_id")
      .select("a.id")
      .where("s.run_id", "=", run.id)
      .execute();
    expect(artifacts).toHaveLength(7);
  },
);

test("many reconcilers at once start each step once", async () => {
  const numbers = await Promise.all([1, 2, 3, 4].map(() => world.start("train", { refresh: true })));
  const others = [world, ...[1, 2, 3].map(() => world.another())];
  const runner = createFakeRunner(world);
  for (let idle = false; !idle; ) {
    await Promise.all(others.map(({ pipelines }) => pipelines.tickRuns(world.ctx)));
    const work = await runner.claim(64);
    await Promise.all(work.map((item) => runner.finish(item)));
    idle = work.length === 0;
  }
  for (const number of numbers) {
    const run = await world.show(number);
    expect(run.state).toBe("succeeded");
    expect(run.graph.map((step) => step.attempts.length)).toEqual([1, 1, 1, 1, 1]);
  }
});

test("two ends of the same attempt at once count as one", async () => {
  const number = await world.start("train", { refresh: true });
  await world.pipelines.tickRuns(world.ctx);
  const runner = createFakeRunner(world);
  const [item] = await runner.claim();
  if (!item) throw new Error("nothing claimed");
  await Promise.all([runner.finish(item), runner.finish(item), runner.finish(item)]);
  const [step] = (await world.show(number)).graph;
  expect(step?.attempts).toHaveLength(1);
  expect(step?.state).toBe("succeeded");
  await runner.drain(world.pipelines);
});

test("a runner that was given up cannot end an attempt that another one has", async () => {
  const number = await world.start("train", { refresh: true });
  await world.pipelines.tickRuns(world.ctx);
  const lost = createFakeRunner(world);
  const other = createFakeRunner(world);
  const [first] = await lost.claim();
  await expireLeases();
  await world.jobs.reapExpiredLeases(world.ctx);
  const [second] = await other.claim();
  if (!first || !second) throw new Error("nothing claimed");
  expect(second).toMatchObject({ workId: first.workId, fence: first.fence + 1 });
  if (first.payload.kind !== "command" || second.payload.kind !== "command") throw new Error("expected commands");
  expect(second.payload.token).not.toBe(first.payload.token);
  await expect(lost.finish(first)).rejects.toMatchObject({ code: "work.lease_lost" });
  await other.finish(second);
  const [step] = (await world.show(number)).graph;
  expect(step?.attempts).toEqual([expect.objectContaining({ number: 1, state: "succeeded" })]);
  await other.drain(world.pipelines);
});

test("an attempt whose runner is lost three times fails as the platform's fault and is tried again", async () => {
  const number = await world.start("train", { refresh: true });
  await world.pipelines.tickRuns(world.ctx);
  const runner = createFakeRunner(world);
  for (let claim = 0; claim < 3; claim += 1) {
    await runner.claim();
    await expireLeases();
    await world.jobs.reapExpiredLeases(world.ctx);
  }
  const [step] = (await world.show(number)).graph;
  expect(step?.attempts.map((attempt) => [attempt.state, attempt.reason])).toEqual([
    ["failed", "infra"],
    ["queued", null],
  ]);
  await runner.drain(world.pipelines);
  expect((await world.show(number)).state).toBe("succeeded");
});

test("an end that comes in after a cancel by the lost runner changes nothing", async () => {
  const number = await world.start("train", { refresh: true });
  await world.pipelines.tickRuns(world.ctx);
  const runner = createFakeRunner(world);
  const [item] = await runner.claim();
  if (!item) throw new Error("nothing claimed");
  await world.pipelines.cancelRun(world.ctx, (await world.show(number)).id);
  await expireLeases();
  await world.jobs.reapExpiredLeases(world.ctx);
  expect((await world.show(number)).state).toBe("cancelled");
  await expect(
    world.jobs.finishWork(world.ctx, { workId: item.workId, ...finishBody(item.fence) }),
  ).rejects.toMatchObject({ code: "work.lease_lost" });
});
