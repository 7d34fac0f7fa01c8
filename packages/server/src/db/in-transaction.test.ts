import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DatabaseTransaction, inTransaction } from "./in-transaction.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ migrated: false });
  await test.database.pool.query("create table accounts (id integer primary key, balance integer not null)");
});
beforeEach(async () => {
  await test.database.pool.query("truncate accounts; insert into accounts values (1, 0), (2, 0)");
});
afterAll(() => test.drop());

describe("inTransaction", () => {
  it("gives the result and keeps the changes", async () => {
    const result = await inTransaction(test.database, async (tx) => {
      await add(tx, 1, 5);
      return "done";
    });
    expect(result).toBe("done");
    expect(await balances()).toEqual([5, 0]);
  });

  it("undoes everything when the function throws, and throws the same error", async () => {
    const error = new Error("changed my mind");
    const transaction = inTransaction(test.database, async (tx) => {
      await add(tx, 1, 5);
      throw error;
    });
    await expect(transaction).rejects.toBe(error);
    expect(await balances()).toEqual([0, 0]);
  });

  it("runs again when serializable transactions conflict, so no update is lost", async () => {
    let runs = 0;
    const allHaveRead = Promise.withResolvers<void>();
    const increment = () =>
      inTransaction(
        test.database,
        async (tx) => {
          const { rows } = await sql<{ balance: number }>`select balance from accounts where id = 1`.execute(tx.kysely);
          runs += 1;
          if (runs === 3) allHaveRead.resolve();
          await allHaveRead.promise;
          await sql`update accounts set balance = ${(rows[0]?.balance ?? 0) + 1} where id = 1`.execute(tx.kysely);
        },
        { isolation: "serializable", tries: 50 },
      );
    await Promise.all(Array.from({ length: 3 }, increment));
    expect(await balances()).toEqual([3, 0]);
    expect(runs).toBeGreaterThan(3);
  });

  it("runs again after a deadlock", async () => {
    let runs = 0;
    let waiting = 2;
    const bothHoldOne = Promise.withResolvers<void>();
    const transfer = (from: number, to: number) =>
      inTransaction(test.database, async (tx) => {
        runs += 1;
        await add(tx, from, -1);
        waiting -= 1;
        if (waiting <= 0) bothHoldOne.resolve();
        await bothHoldOne.promise;
        await add(tx, to, 1);
      });
    await Promise.all([transfer(1, 2), transfer(2, 1)]);
    // one of both is ended; on a busy machine the other as well
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(await balances()).toEqual([0, 0]);
  });

  it("gives up after the given number of tries", async () => {
    let runs = 0;
    const transaction = inTransaction(
      test.database,
      async (tx) => {
        runs += 1;
        await sql`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`.execute(tx.kysely);
      },
      { tries: 3 },
    );
    await expect(transaction).rejects.toMatchObject({ code: "40001" });
    expect(runs).toBe(3);
  });
});

const add = (tx: DatabaseTransaction, id: number, amount: number) =>
  sql`update accounts set balance = balance + ${amount} where id = ${id}`.execute(tx.kysely);

async function balances(): Promise<number[]> {
  const { rows } = await test.database.pool.query<{ balance: number }>("select balance from accounts order by id");
  return rows.map((row) => row.balance);
}
