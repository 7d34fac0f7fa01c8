import { afterAll, expect, it } from "vitest";
import { fastestOf } from "../kernel/testing/measure.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const made: TestDatabase[] = [];
afterAll(() => Promise.all(made.map((test) => test.drop())));

it("gives every caller a migrated database of its own", async () => {
  made.push(...(await Promise.all([createTestDatabase(), createTestDatabase()])));
  const [first, second] = made;
  const name = "leases" as const;
  await first?.database.kysely.insertInto(name).values({ name: "sealer", holder: "a", until: new Date() }).execute();
  expect(await first?.database.kysely.selectFrom(name).select("holder").execute()).toEqual([{ holder: "a" }]);
  expect(await second?.database.kysely.selectFrom(name).select("holder").execute()).toEqual([]);
});

it("makes one in a fraction of a second", async () => {
  const fastest = await fastestOf(async () => {
    const startedAt = performance.now();
    made.push(await createTestDatabase());
    return performance.now() - startedAt;
  });
  expect(fastest).toBeLessThan(1000);
});
