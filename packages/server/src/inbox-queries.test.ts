import { afterAll, beforeAll, expect, test } from "vitest";
import type { Ctx } from "./db/context.ts";
import { countQueries } from "./db/count-queries.ts";
import { newId } from "./kernel/ids.ts";
import { ToldHouse } from "./modules/notifications/testing/told-house.ts";
import { callRoute } from "./modules/pipelines/testing/call-route.ts";

let house: ToldHouse;
beforeAll(async () => {
  house = await ToldHouse.create();
});
afterAll(() => house.close());

test("an inbox is read and counted with as many queries whatever is in it, and counted to a hundred", async () => {
  const { routes } = house.notifications;
  const read = async (ctx: Ctx) => {
    await callRoute(routes, "listInbox", ctx, { query: { show: "all", limit: 50 } });
    await callRoute(routes, "countInbox", ctx, {});
  };
  expect(await countQueries(house.as("ann"), read)).toBe(4);
  const at = house.ctx.clock.now();
  const rows = Array.from({ length: 150 }, (_, number) => ({ id: newId(), subject: `s${number}` }));
  await house.ctx.db
    .insertInto("notifications")
    .values(rows.map((row) => ({ ...row, kind: "rollback", title: row.subject, href: "/", first_at: at, last_at: at })))
    .execute();
  const { principalId: principal_id } = house.actors.ann;
  await house.ctx.db
    .insertInto("inbox_items")
    .values(rows.map(({ id }) => ({ principal_id, notification_id: id, at })))
    .execute();
  expect(await countQueries(house.as("ann"), read)).toBe(4);
  expect(await callRoute(routes, "countInbox", house.as("ann"), {})).toEqual({ unread: 100 });
});
