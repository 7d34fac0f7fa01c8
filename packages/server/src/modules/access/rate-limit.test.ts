import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { accountLimit, addressLimit, countAttempt, pruneAttempts } from "./index.ts";

let test_: TestDatabase;
let ctx: Ctx;
let now = new Date("2026-01-01T12:00:00Z");

beforeAll(async () => {
  test_ = await createTestDatabase();
  ctx = createContext(test_.database, { log: silentLogger, clock: { now: () => now } });
});
afterAll(() => test_.drop());

test("of a hundred guesses at once no more are looked at than the limit says, and the refusal tells the time", async () => {
  const limits = [accountLimit("password", "Grace")];
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => countAttempt(ctx, limits)));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  await expect(countAttempt(ctx, [accountLimit("password", " grace")])).rejects.toMatchObject({
    code: "request.rate_limited",
    message: "Too many attempts that were wrong; the next is looked at in 15 minutes, at 12:15 UTC",
  });
  await countAttempt(ctx, [accountLimit("password", "ada")]);
  await countAttempt(ctx, [accountLimit("device", "grace")]);
  now = new Date(now.getTime() + 15 * 60_000);
  await countAttempt(ctx, limits);
});

test("who is right every time never meets a limit", async () => {
  const limits = [accountLimit("password", "linus"), addressLimit("password", "192.0.2.7")];
  for (let turn = 0; turn < 70; turn += 1) await (await countAttempt(ctx, limits)).forgive();
});

test("an address's limit counts the network of IPv6, and every account that is tried from it", async () => {
  for (let host = 0; host < 60; host += 1)
    await countAttempt(ctx, [
      addressLimit("password", `2001:db8:0:1::${host.toString(16)}`),
      accountLimit("password", `account-${host}`),
    ]);
  const other = accountLimit("password", "someone");
  await expect(countAttempt(ctx, [addressLimit("password", "2001:db8:0:1:ffff::1"), other])).rejects.toMatchObject({
    code: "request.rate_limited",
  });
  await countAttempt(ctx, [addressLimit("password", "2001:db8:0:2::1"), other]);
  expect(addressLimit("x", "::ffff:192.0.2.7")).toEqual(addressLimit("x", "192.0.2.7"));
});

test("neither names nor addresses are kept, and counts that are over go", async () => {
  await countAttempt(ctx, [accountLimit("password", "secret-name"), addressLimit("password", "198.51.100.4")]);
  const rows = JSON.stringify(await ctx.db.selectFrom("access_attempts").selectAll().execute());
  expect(rows).not.toMatch(/secret-name|198\.51/);
  now = new Date(now.getTime() + 3_600_000);
  await pruneAttempts(ctx);
  expect(await ctx.db.selectFrom("access_attempts").selectAll().execute()).toEqual([]);
});
