import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newTrackedRunId, readRunTexts } from "./index.ts";
import { findRunHead } from "./run-store.ts";
import { createTrackingHouse } from "./testing/tracking-house.ts";

let house: Awaited<ReturnType<typeof createTrackingHouse>>;
beforeAll(async () => {
  house = await createTrackingHouse();
});
afterAll(() => house?.drop());

test("a look at one run does not wait for all of a long list that is being read", async () => {
  const ids = Array.from({ length: 20_000 }, () => newTrackedRunId());
  const query = vi.spyOn(pg.Client.prototype, "query");
  const list = readRunTexts(house.ctx, ids);
  await findRunHead(house.ctx, newTrackedRunId());
  const before = query.mock.calls.length;
  await list;
  expect(before).toBeLessThan(10);
  expect(query.mock.calls.length).toBeGreaterThan(50);
  query.mockRestore();
});
