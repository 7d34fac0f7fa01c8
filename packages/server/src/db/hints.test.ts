import type pg from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { silentLogger } from "../kernel/logger.ts";
import { inTransaction } from "./in-transaction.ts";
import { createNotifier, packPayloads } from "./notifier.ts";
import { openDatabase } from "./open-database.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

let test: TestDatabase;
beforeEach(async () => {
  test = await createTestDatabase({ migrated: false });
});
afterEach(() => test.drop());

describe("hints", () => {
  it("arrive in other processes, coalesced and deduplicated", async () => {
    const other = openDatabase(test.url);
    const received: (readonly string[])[] = [];
    await other.listen("runs", (payloads) => received.push(payloads));
    for (let round = 0; round < 100; round += 1) {
      test.database.notify("runs", `run-${round % 3}`);
      test.database.notify("plans", "not listened to");
    }
    await expect.poll(() => received.flat().sort()).toEqual(["run-0", "run-1", "run-2"]);
    expect(received).toHaveLength(1);
    await other.close();
  });

  it("go out at most once per channel in 10 ms", async () => {
    let messages = 0;
    const seen = new Set<string>();
    await test.database.listen("runs", (payloads) => {
      messages += 1;
      for (const payload of payloads) seen.add(payload);
    });
    const startedAt = performance.now();
    for (let sent = 0; performance.now() - startedAt < 200; sent += 1) {
      test.database.notify("runs", `run-${sent % 50}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const elapsedMs = performance.now() - startedAt;
    await expect.poll(() => seen.size).toBe(50);
    expect(messages).toBeLessThanOrEqual(elapsedMs / 10 + 2);
  });

  it("go out no more often where timers come early, as they do in a process that is busy", async () => {
    vi.stubGlobal("setTimeout", (act: () => void) => setImmediate(act));
    let messages = 0;
    const query = async () => {
      messages += 1;
    };
    const startedAt = performance.now();
    const notifier = createNotifier({ query } as unknown as pg.Pool, silentLogger);
    while (performance.now() - startedAt < 100) {
      notifier.notify("runs", "run-1");
      await new Promise((resolve) => setImmediate(resolve));
    }
    vi.unstubAllGlobals();
    expect(messages).toBeLessThanOrEqual((performance.now() - startedAt) / 10 + 1);
    await notifier.close();
  });

  it("of a transaction are sent after its commit, and not at all when it fails", async () => {
    const received: string[] = [];
    await test.database.listen("runs", (payloads) => received.push(...payloads));
    const effects: string[] = [];
    const failed = inTransaction(test.database, async (tx) => {
      tx.notify("runs", "failed");
      tx.afterCommit(() => effects.push("failed"));
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    await inTransaction(test.database, async (tx) => {
      tx.notify("runs", "committed");
      tx.afterCommit(() => effects.push("committed"));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(received).toEqual([]);
    });
    await expect.poll(() => received).toEqual(["committed"]);
    expect(effects).toEqual(["committed"]);
  });

  it("that wait are sent by close", async () => {
    const received: string[] = [];
    await test.database.listen("runs", (payloads) => received.push(...payloads));
    const other = openDatabase(test.url);
    other.notify("runs", "last words");
    await other.close();
    await expect.poll(() => received).toEqual(["last words"]);
  });

  it("flow again after the connection broke, and the listener is told to read again", async () => {
    const received: string[] = [];
    let reconnects = 0;
    await test.database.listen(
      "runs",
      (payloads) => received.push(...payloads),
      () => {
        reconnects += 1;
      },
    );
    for (let round = 1; round <= 2; round += 1) {
      await test.database.pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pave listener' and datname = current_database()",
      );
      await expect.poll(() => reconnects).toBe(round);
    }
    test.database.notify("runs", "again");
    await expect.poll(() => received).toEqual(["again"]);
  });

  it("stop for a handler that unsubscribed, and only for it", async () => {
    const first: string[] = [];
    const second: string[] = [];
    const stop = await test.database.listen("runs", (payloads) => first.push(...payloads));
    await test.database.listen("runs", (payloads) => second.push(...payloads));
    await stop();
    test.database.notify("runs", "one");
    await expect.poll(() => second).toEqual(["one"]);
    expect(first).toEqual([]);
  });

  it("survive a handler that throws", async () => {
    const received: string[] = [];
    await test.database.listen("runs", () => {
      throw new Error("broken handler");
    });
    await test.database.listen("runs", (payloads) => received.push(...payloads));
    test.database.notify("runs", "one");
    await expect.poll(() => received).toEqual(["one"]);
  });

  it("typed by hand arrive as they are", async () => {
    const received: string[] = [];
    await test.database.listen("runs", (payloads) => received.push(...payloads));
    await test.database.pool.query("notify runs, 'by hand'");
    await expect.poll(() => received).toEqual(["by hand"]);
  });
});

describe("listen", () => {
  it("fails clearly when there is no server, and can be tried again", async () => {
    const database = openDatabase({ host: "127.0.0.1", port: 1, user: "pave", database: "pave" }, { patienceMs: 50 });
    for (let round = 0; round < 2; round += 1) {
      await expect(database.listen("runs", () => undefined)).rejects.toMatchObject({ code: "database.unavailable" });
    }
    await database.close();
  });
});

describe("packPayloads", () => {
  it("splits what is too long for one message and loses nothing", () => {
    const payloads = Array.from({ length: 1000 }, (_, index) => `project/flights/run/${index}`);
    const packed = packPayloads(payloads);
    expect(packed.length).toBeGreaterThan(1);
    expect(packed.every((text) => Buffer.byteLength(text) <= 7000)).toBe(true);
    expect(packed.flatMap((text) => JSON.parse(text) as string[])).toEqual(payloads);
  });

  it("sends an empty payload instead of one that fits nowhere", () => {
    expect(packPayloads(["a", "x".repeat(8000), "b"])).toEqual([`["a","","b"]`]);
  });

  it("counts bytes, not characters", () => {
    const packed = packPayloads(["ü".repeat(3000), "ü".repeat(3000)]);
    expect(packed).toHaveLength(2);
  });
});
