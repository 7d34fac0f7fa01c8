import type { CheckModelWork } from "@pave/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Ctx, createContext, inTransaction } from "../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../db/test-database.ts";
import { silentLogger } from "../kernel/logger.ts";
import { PaveError } from "../kernel/pave-error.ts";
import { fastestOf } from "../kernel/testing/measure.ts";
import { sleep } from "../kernel/time.ts";
import { createJobs, enqueueWork, type Jobs, type WorkResult } from "./index.ts";
import { finishBody } from "./testing/finish-body.ts";

let testDatabase: TestDatabase;
let ctx: Ctx;
let jobs: Jobs;
let ended: { ownerId: string; outcome: string; reason: string | null; message: string | null }[];
let progressed: string[];

beforeAll(async () => {
  testDatabase = await createTestDatabase({ poolSize: 8 });
  ctx = createContext(testDatabase.database, { log: silentLogger });
});
afterAll(() => testDatabase.drop());

beforeEach(async () => {
  await sql`delete from work`.execute(ctx.db);
  jobs = newJobs();
  ended = [];
  progressed = [];
  return () => jobs.close();
});

function newJobs(): Jobs {
  const jobs = createJobs();
  jobs.on("test", {
    finished: async (_, work, { outcome, reason, message }) =>
      void ended.push({ ownerId: work.ownerId, outcome, reason, message }),
    progressed: async (_, work, progress) => void progressed.push(`${work.ownerId} ${progress.state}`),
    logged: async (_, __, chunks) => chunks.length,
  });
  return jobs;
}

const payload: CheckModelWork = { kind: "check-model", files: [], timeoutMs: 1, memoryBytes: 1 };
const enqueue = (ownerId: string) => enqueueWork(ctx, { ownerKind: "test", ownerId, payload });
const claim = (over: Partial<Parameters<Jobs["claimWork"]>[1]> = {}) =>
  jobs.claimWork(ctx, { runnerId: "r1", holding: [], capacity: 1, waitSeconds: 0, ...over });
const finish = (workId: string, fence: number, over: Partial<WorkResult> = {}) =>
  jobs.finishWork(ctx, { workId, ...finishBody(fence), ...over });
const expireLeases = () =>
  sql`update work set lease_until = clock_timestamp() - interval '1 second' where state = 'leased'`.execute(ctx.db);
const stateOf = async (id: string) =>
  ctx.db.selectFrom("work").select(["state", "fence", "claims"]).where("id", "=", id).executeTakeFirstOrThrow();
const one = <T>(items: readonly T[]): T => {
  expect(items).toHaveLength(1);
  return items[0] as T;
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof PaveError ? error.code : String(error)),
  );

test("claimed work carries its payload, a lease and the first fence", async () => {
  const workId = await enqueue("a");
  const { work, dropped } = await claim();
  expect(dropped).toEqual([]);
  expect(one(work)).toEqual({ workId, fence: 1, leaseSeconds: 15, leaseUntil: expect.any(String), payload });
  expect(await claim()).toEqual({ work: [], dropped: [], cancel: [] });
});

test("two claimers at once never get the same item", async () => {
  for (let index = 0; index < 40; index += 1) await enqueue(`a${index}`);
  const claims = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => claim({ runnerId: `r${n}`, capacity: 10 })));
  const ids = claims.flatMap((result) => result.work.map((item) => item.workId));
  expect(ids).toHaveLength(40);
  expect(new Set(ids).size).toBe(40);
});

test("a claim that waits is woken by work that is enqueued", async () => {
  const fastest = await fastestOf(async () => {
    const waiting = claim({ waitSeconds: 20 });
    await sleep(150);
    const enqueuedAt = performance.now();
    await enqueue("a");
    expect((await waiting).work).toHaveLength(1);
    return performance.now() - enqueuedAt;
  });
  expect(fastest).toBeLessThan(1000);
});

test("a claim whose caller has gone ends without taking work", async () => {
  const gone = new AbortController();
  const waiting = jobs.claimWork(ctx, { runnerId: "r1", holding: [], capacity: 1, waitSeconds: 20 }, gone.signal);
  await sleep(50);
  gone.abort();
  expect((await waiting).work).toEqual([]);
  await enqueue("a");
  expect((await claim()).work).toHaveLength(1);
});

test("work waits for its delay", async () => {
  await enqueueWork(ctx, { ownerKind: "test", ownerId: "later", payload, delayMs: 600_000 });
  expect((await claim()).work).toEqual([]);
  await sql`update work set available_at = available_at - interval '9 minutes'`.execute(ctx.db);
  expect((await claim()).work).toEqual([]);
  await sql`update work set available_at = available_at - interval '1 minute'`.execute(ctx.db);
  expect((await claim()).work).toHaveLength(1);
});

test("a claim that waits hears of delayed work when it is due", async () => {
  const waiting = claim({ waitSeconds: 20 });
  await enqueueWork(ctx, { ownerKind: "test", ownerId: "soon", payload, delayMs: 50 });
  expect((await waiting).work).toHaveLength(1);
});

test("work enqueued in a transaction that fails does not exist", async () => {
  const failing = inTransaction(ctx, async (ctx) => {
    await enqueueWork(ctx, { ownerKind: "test", ownerId: "a", payload });
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect((await claim()).work).toEqual([]);
});

test("the end is told once, however often it is sent", async () => {
  const workId = await enqueue("a");
  await claim();
  await finish(workId, 1);
  await finish(workId, 1);
  expect(ended).toEqual([{ ownerId: "a", outcome: "succeeded", reason: null, message: null }]);
  expect(await stateOf(workId)).toMatchObject({ state: "done" });
});

test("an end under an old fence is refused and changes nothing", async () => {
  const workId = await enqueue("a");
  await claim();
  await expireLeases();
  await jobs.reapExpiredLeases(ctx);
  expect(one((await claim({ runnerId: "r2" })).work).fence).toBe(2);
  expect(await codeOf(finish(workId, 1))).toBe("work.lease_lost");
  expect(ended).toEqual([]);
  await finish(workId, 2);
  expect(ended).toHaveLength(1);
  expect(await codeOf(finish("no-such-work", 1))).toBe("work.not_found");
});

test("a handler that throws leaves the work as it was", async () => {
  jobs.on("test", { finished: () => Promise.reject(new Error("broken")) });
  const workId = await enqueue("a");
  await claim();
  await expect(finish(workId, 1)).rejects.toThrow("broken");
  expect(await stateOf(workId)).toMatchObject({ state: "leased" });
});

test("work that cannot be ended keeps no other from being put back", async () => {
  const broken = await enqueue("a");
  for (let claims = 0; claims < 3; claims += 1) {
    await claim();
    await expireLeases();
    if (claims < 2) await jobs.reapExpiredLeases(ctx);
  }
  const other = await enqueue("b");
  await claim();
  await expireLeases();
  jobs.on("test", { finished: () => Promise.reject(new Error("broken")) });
  await jobs.reapExpiredLeases(ctx);
  expect(await stateOf(broken)).toMatchObject({ state: "leased" });
  expect(await stateOf(other)).toMatchObject({ state: "queued" });
});

test("held work is adopted, not given again, even when its lease has passed meanwhile", async () => {
  const workId = await enqueue("a");
  await claim();
  await expireLeases();
  await jobs.reapExpiredLeases(ctx);
  expect(await stateOf(workId)).toMatchObject({ state: "queued", fence: 1 });

  expect(await claim({ holding: [{ workId, fence: 1 }], capacity: 4 })).toEqual({ work: [], dropped: [], cancel: [] });
  expect(await stateOf(workId)).toMatchObject({ state: "leased", fence: 1, claims: 1 });
});

test("work that another runner has taken over is dropped at once", async () => {
  const workId = await enqueue("a");
  await claim();
  await expireLeases();
  await jobs.reapExpiredLeases(ctx);
  await claim({ runnerId: "r2" });
  const { dropped } = await claim({ holding: [{ workId, fence: 1 }], waitSeconds: 20 });
  expect(dropped).toEqual([workId]);
});

test("a result under the present fence counts although the lease has passed", async () => {
  const workId = await enqueue("a");
  await claim();
  await expireLeases();
  await jobs.reapExpiredLeases(ctx);
  await finish(workId, 1);
  expect(ended).toHaveLength(1);
  expect((await claim()).work).toEqual([]);
});

test("a heartbeat renews the lease and tells progress once", async () => {
  const workId = await enqueue("a");
  await claim();
  await expireLeases();
  const item = { workId, fence: 1, state: "running", startedAt: "2026-01-01T00:00:00.000Z", note: null } as const;
  const heartbeat = () => jobs.heartbeatWork(ctx, { runnerId: "r1", items: [item, { ...item, workId: "gone" }] });
  expect((await heartbeat()).map((answer) => answer.verdict)).toEqual(["continue", "lost"]);
  await heartbeat();
  expect(progressed).toEqual(["a running"]);
  expect(await jobs.reapExpiredLeases(ctx)).toBe(0);
});

test("work whose runner was lost three times ends as an infrastructure failure", async () => {
  const workId = await enqueue("a");
  for (const fence of [1, 2, 3]) {
    expect(one((await claim()).work).fence).toBe(fence);
    await expireLeases();
    await jobs.reapExpiredLeases(ctx);
  }
  expect(ended).toEqual([
    { ownerId: "a", outcome: "failed", reason: "infra", message: expect.stringContaining("lost 3 times") },
  ]);
  expect(await codeOf(finish(workId, 3))).toBe("work.lease_lost");
});

test("queued work is cancelled on the spot", async () => {
  const workId = await enqueue("a");
  await jobs.requestCancel(ctx, workId);
  await jobs.requestCancel(ctx, workId);
  expect(ended).toEqual([{ ownerId: "a", outcome: "cancelled", reason: "cancelled", message: null }]);
  expect((await claim()).work).toEqual([]);
});

test("a runner hears of a cancel while it waits, and at its heartbeat", async () => {
  const workId = await enqueue("a");
  await claim();
  const holding = [{ workId, fence: 1 }];
  const waiting = claim({ holding, capacity: 0, waitSeconds: 20 });
  await sleep(100);
  await jobs.requestCancel(ctx, workId);
  expect((await waiting).cancel).toEqual([workId]);
  const item = { workId, fence: 1, state: "running", startedAt: null, note: null } as const;
  expect(one(await jobs.heartbeatWork(ctx, { runnerId: "r1", items: [item] })).verdict).toBe("cancel");
  expect(ended).toEqual([]);
  await finish(workId, 1, { outcome: "cancelled", reason: "cancelled" });
  expect(ended).toEqual([{ ownerId: "a", outcome: "cancelled", reason: "cancelled", message: null }]);
});

test("cancelled work whose runner is lost ends as cancelled", async () => {
  const workId = await enqueue("a");
  await claim();
  await jobs.requestCancel(ctx, workId);
  await expireLeases();
  await jobs.reapExpiredLeases(ctx);
  expect(ended).toEqual([{ ownerId: "a", outcome: "cancelled", reason: "cancelled", message: null }]);
});

test("a payload is prepared at the claim, and work that cannot be prepared fails with the reason", async () => {
  const prepared = { ...payload, timeoutMs: 77 };
  jobs.on("test", {
    prepare: async (_, work) => {
      if (work.ownerId === "bad") throw new PaveError("blob.not_found", "The model's files are gone");
      return prepared;
    },
    finished: async (_, work, { outcome, reason, message }) =>
      void ended.push({ ownerId: work.ownerId, outcome, reason, message }),
  });
  await enqueueWork(ctx, { ownerKind: "test", ownerId: "bad", payload: { kind: "check-model" } });
  await enqueueWork(ctx, { ownerKind: "test", ownerId: "good", payload: { kind: "check-model" } });
  expect(one((await claim({ capacity: 2 })).work).payload).toEqual(prepared);
  expect(ended).toEqual([
    { ownerId: "bad", outcome: "failed", reason: "infra", message: "The model's files are gone" },
  ]);
});

test("logs are taken from the holder only", async () => {
  const workId = await enqueue("a");
  await claim();
  const chunks = [{ offset: 0, time: "2026-01-01T00:00:00Z", stream: "stdout", text: "hi" }] as const;
  expect(await jobs.appendWorkLogs(ctx, { workId, fence: 1, chunks })).toBe(1);
  expect(await codeOf(jobs.appendWorkLogs(ctx, { workId, fence: 0, chunks }))).toBe("work.lease_lost");
});

test("two reapers at once do no double work", async () => {
  for (let index = 0; index < 10; index += 1) await enqueue(`a${index}`);
  for (let round = 0; round < 3; round += 1) {
    await claim({ capacity: 10 });
    await expireLeases();
    await Promise.all([jobs.reapExpiredLeases(ctx), newJobs().reapExpiredLeases(ctx), jobs.reapExpiredLeases(ctx)]);
  }
  expect(ended).toHaveLength(10);
});
