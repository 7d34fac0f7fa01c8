import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ctx, createContext } from "./db/context.ts";
import { createTestDatabase, type TestDatabase } from "./db/test-database.ts";
import { silentLogger } from "./kernel/logger.ts";
import { ensureAdmin, seedOnce } from "./seed.ts";

let database: TestDatabase;
let ctx: Ctx;
beforeAll(async () => {
  database = await createTestDatabase();
  ctx = createContext(database.database, { log: silentLogger });
});
afterAll(() => database?.drop());

test("processes that start together on a new database make one admin", async () => {
  const admins = await Promise.all(Array.from({ length: 4 }, () => seedOnce(ctx, ensureAdmin)));
  expect(admins).toEqual(Array.from({ length: 4 }, () => admins[0]));
});
