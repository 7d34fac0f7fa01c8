import { signingKey, verifyLedger } from "@pave/contract/ledger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ctx, createContext, inTransaction } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { exportLedger } from "./export-ledger.ts";
import { ledgerKey } from "./ledger-key.ts";
import { sealedEvents } from "./ledger-store.ts";
import { recordEvent } from "./record-event.ts";
import { sealLedger, signCheckpoint } from "./seal-ledger.ts";

let test_: TestDatabase;
let ctx: Ctx;
const exported: string[] = [];

beforeAll(async () => {
  test_ = await createTestDatabase();
  ctx = createContext(test_.database, { log: silentLogger });
});
afterAll(() => test_.drop());

const record = (ctx: Ctx, n: number) =>
  recordEvent(ctx, { type: "thing.changed", subjectType: "thing", subjectId: String(n), data: { n } });

/**
 * Seals until so many events are. It may take more than one turn: a transaction of another test, on the same server,
 * that began before holds the sealer up as one of this database would.
 */
async function seal(wanted: number): Promise<void> {
  let sealed = 0;
  await expect.poll(async () => (sealed += await sealLedger(ctx, "a")), { timeout: 60_000 }).toBe(wanted);
}

const all = { after: 0, upTo: 1000, limit: 1000 };

async function exportedLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportLedger(ctx)) lines.push(line.trimEnd());
  return lines;
}
const check = async () =>
  verifyLedger(await exportedLines(), { trustedKey: signingKey((await ledgerKey(ctx)).publicKeyPem) });

test("an event of a transaction that still runs is not overtaken, and all are sealed in commit order", async () => {
  const [recorded, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = inTransaction(ctx, async (ctx) => {
    await record(ctx, 1);
    recorded.resolve();
    await open.promise;
  });
  await recorded.promise;
  await record(ctx, 2);
  expect(await sealLedger(ctx, "a")).toBe(0);
  open.resolve();
  await slow;
  await record(ctx, 3);
  await seal(3);
  const sealed = await sealedEvents(ctx, all);
  expect(sealed.map(({ event }) => event.subjectId).sort()).toEqual(["1", "2", "3"]);
  expect(sealed.map(({ position }) => position)).toEqual([1, 2, 3]);
});

test("a second sealer waits for the lease", async () => {
  await record(ctx, 4);
  expect(await sealLedger(ctx, "b")).toBe(0);
  await seal(1);
});

test("a rolled-back change leaves no event", async () => {
  await expect(
    inTransaction(ctx, async (ctx) => {
      await record(ctx, 99);
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  await sealLedger(ctx, "a");
  expect((await sealedEvents(ctx, all)).some(({ event }) => event.subjectId === "99")).toBe(false);
});

test("an export verifies offline, before its first checkpoint and after; a checkpoint is exported once", async () => {
  expect(await check()).toMatchObject({ ok: true, events: 4, checkpoints: 0, findings: [] });
  await signCheckpoint(ctx, async (_name, content) => void exported.push(content));
  await signCheckpoint(ctx, async (_name, content) => void exported.push(content));
  expect(exported).toHaveLength(1);
  expect(await check()).toMatchObject({ ok: true, events: 4, checkpoints: 1, findings: [] });
});

test("what is sealed and signed while an export is read is no part of it", async () => {
  const lines: string[] = [];
  for await (const line of exportLedger(ctx)) {
    if (lines.length === 1) {
      await record(ctx, 5);
      await seal(1);
      await signCheckpoint(ctx, async (_name, content) => void exported.push(content));
    }
    lines.push(line.trimEnd());
  }
  expect(verifyLedger(lines)).toMatchObject({ ok: true, events: 4, checkpoints: 1 });
  expect(await check()).toMatchObject({ ok: true, events: 5, checkpoints: 2 });
});

test("the files of checkpoints are witnesses of an export, and of one that was made before them", async () => {
  const lines = await exportedLines();
  const witness = exported.flatMap((content) => content.trimEnd().split("\n"));
  expect(verifyLedger(lines, { witness })).toMatchObject({ ok: true });
  await record(ctx, 6);
  await seal(1);
  await signCheckpoint(ctx, async (_name, content) => void witness.push(...content.trimEnd().split("\n")));
  expect(verifyLedger(lines, { witness }).findings).toMatchObject([{ kind: "cut", position: 6 }]);
});

test("events that came with a restored dump, whose transaction numbers are of another server, are sealed too", async () => {
  const [{ id }] = [{ id: await record(ctx, 50) }];
  await ctx.db.updateTable("ledger_events").set({ xid: "900000000000" }).where("id", "=", id).execute();
  await seal(1);
  await record(ctx, 51);
  await seal(1);
  expect(await check()).toMatchObject({ ok: true });
});
