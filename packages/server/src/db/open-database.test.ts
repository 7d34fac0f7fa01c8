import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { json } from "./column-types.ts";
import type { Ctx } from "./context.ts";
import { inTransaction } from "./in-transaction.ts";
import { openDatabase } from "./open-database.ts";
import { prepared } from "./prepared.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

describe("values", () => {
  it("arrive as the types of tables.ts say", async () => {
    const { rows } = await sql`
      select 9007199254740991::bigint as big, array[1::bigint, null] as bigs, sum(1::bigint) as total, 1.5::numeric as amount,
        '2001-02-03T04:05:06.789Z'::timestamptz as time, '2001-02-03'::date as day, ${json([{ a: [1, null] }])} as data,
        array['a', null, 'b,c'] as texts, '\\x01ff'::bytea as bytes, 0.1::double precision as ratio`.execute(
      test.database.kysely,
    );
    expect(rows).toEqual([
      {
        big: 9007199254740991,
        bigs: [1, null],
        total: 1,
        amount: 1.5,
        time: new Date("2001-02-03T04:05:06.789Z"),
        day: "2001-02-03",
        data: [{ a: [1, null] }],
        texts: ["a", null, "b,c"],
        bytes: Buffer.from([1, 255]),
        ratio: 0.1,
      },
    ]);
  });

  it("that a number cannot hold fail instead of losing digits", async () => {
    await expect(sql`select 9007199254740993::bigint as big`.execute(test.database.kysely)).rejects.toThrow(
      "bigint 9007199254740993 is too large for a number",
    );
    expect((await sql<{ ok: number }>`select 1 as ok`.execute(test.database.kysely)).rows).toEqual([{ ok: 1 }]);
  });
});

describe("a connection that breaks", () => {
  it("under a statement gives one clear error, and the next statement works", async () => {
    const slow = sql`select pg_sleep(10)`.execute(test.database.kysely);
    slow.catch(() => undefined);
    await expect.poll(() => killBackends("query like '%pg_sleep%'")).toBeGreaterThan(0);
    await expect(slow).rejects.toMatchObject({
      name: "PaveError",
      code: "database.unavailable",
      cause: { code: "57P01" },
    });
    await expect(sql`select 1`.execute(test.database.kysely)).resolves.toBeDefined();
  });

  it("between two statements of a transaction fails the transaction, not the process", async () => {
    const transaction = test.database.kysely.transaction().execute(async (tx) => {
      await sql`select 'between statements'`.execute(tx);
      await expect
        .poll(() => killBackends("query like '%between statements%' and state = 'idle in transaction'"))
        .toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await sql`select 1`.execute(tx);
    });
    await expect(transaction).rejects.toMatchObject({ code: "database.unavailable" });
    await expect(sql`select 1`.execute(test.database.kysely)).resolves.toBeDefined();
  });

  it("while idle is replaced unseen", async () => {
    await sql`select 'idle one'`.execute(test.database.kysely);
    await killBackends("state = 'idle'");
    await expect.poll(() => test.database.pool.totalCount).toBe(0);
    await expect(sql`select 1`.execute(test.database.kysely)).resolves.toBeDefined();
  });
});

describe("a server that is not there", () => {
  it("is waited for, then named without the password", async () => {
    const database = openDatabase("postgres://pave:secret@127.0.0.1:1/pave", { patienceMs: 200 });
    const startedAt = performance.now();
    const error: unknown = await sql`select 1`.execute(database.kysely).catch((thrown: unknown) => thrown);
    expect(performance.now() - startedAt).toBeGreaterThan(150);
    expect(error).toMatchObject({ code: "database.unavailable", message: expect.stringContaining("127.0.0.1:1/pave") });
    expect(String(error)).not.toContain("secret");
    await database.close();
  });

  it("is not waited for when the password is wrong", async () => {
    const url = new URL(test.url);
    url.username = "nobody_we_know";
    const database = openDatabase(url.href);
    await expect(sql`select 1`.execute(database.kysely)).rejects.toMatchObject({ code: "database.unavailable" });
    await database.close();
  });
});

it("plans a kept statement anew when a migration changed what it gives", async () => {
  const database = openDatabase(test.url, { poolSize: 1 });
  await sql`create table changing (a integer); insert into changing values (1)`.execute(database.kysely);
  const all = prepared<{ a: unknown }>("all of changing", "select a from changing");
  const ctx = { db: database.kysely } as unknown as Ctx;
  expect(await all(ctx, [])).toEqual([{ a: 1 }]);
  await sql`alter table changing alter column a type text`.execute(database.kysely);
  expect(await all(ctx, [])).toEqual([{ a: "1" }]);
  expect(await all(ctx, [])).toEqual([{ a: "1" }]);
  await sql`deallocate all`.execute(database.kysely);
  expect(await all(ctx, [])).toEqual([{ a: "1" }]);
  await database.close();
});

it("plans a kept statement anew when its table may have grown", async () => {
  const database = openDatabase(test.url, { poolSize: 1 });
  const ctx = { db: database.kysely } as unknown as Ctx;
  await sql`create table growing (a integer primary key); insert into growing values (1); analyze growing`.execute(
    database.kysely,
  );
  const byKey = prepared<{ a: number }>("growing by key", "select a from growing where a = any($1::integer[])");
  for (let time = 0; time < 7; time += 1) await byKey(ctx, [[1]]);
  const plan = async () =>
    JSON.stringify((await sql`explain execute "growing by key"('{1}')`.execute(database.kysely)).rows);
  await sql`insert into growing select * from generate_series(2, 100000)`.execute(database.kysely);
  expect(await plan()).toContain("Seq Scan");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6000 });
  expect(await byKey(ctx, [[1]])).toEqual([{ a: 1 }]);
  vi.useRealTimers();
  expect(await plan()).toContain("Index Only Scan");
  await database.close();
});

it("runs a transaction again whose connection lost what it kept", async () => {
  const database = openDatabase(test.url, { poolSize: 1 });
  const one = prepared<{ one: number }>("one in a transaction", "select 1 as one");
  let runs = 0;
  const found = await inTransaction(database, async ({ kysely }) => {
    const ctx = { db: kysely } as unknown as Ctx;
    runs += 1;
    await one(ctx, []);
    // as a pooler does that hands out another connection
    if (runs === 1) await sql`deallocate all`.execute(kysely);
    return one(ctx, []);
  });
  expect([found, runs]).toEqual([[{ one: 1 }], 2]);
  await database.close();
});

it("ends statements after the time limit", async () => {
  const database = openDatabase(test.url, { statementTimeoutMs: 50 });
  await expect(sql`select pg_sleep(5)`.execute(database.kysely)).rejects.toMatchObject({ code: "57014" });
  await database.close();
});

it("says who it is to the server", async () => {
  const database = openDatabase(test.url, { applicationName: "pave worker" });
  const { rows } = await sql`select current_setting('application_name') as name`.execute(database.kysely);
  expect(rows).toEqual([{ name: "pave worker" }]);
  await database.close();
});

/** Ends connections of this test's database from outside of its pool; gives their number. */
async function killBackends(condition: string): Promise<number> {
  const other = openDatabase(test.url, { applicationName: "killer" });
  try {
    const { rows } = await sql<{ killed: number }>`
      select count(pg_terminate_backend(pid))::integer as killed from pg_stat_activity
      where datname = current_database() and application_name <> 'killer' and ${sql.raw(condition)}`.execute(
      other.kysely,
    );
    return rows[0]?.killed ?? 0;
  } finally {
    await other.close();
  }
}
