import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { type EventFilter, eventsQuery, listEvents, placesOf } from "./ledger-store.ts";

const events = 20_000;
const begin = Date.parse("2026-01-01T00:00:00Z");
const day = (number: number) => new Date(begin + number * 86_400_000);

let db: TestDatabase;
let ctx: Ctx;
beforeAll(async () => {
  db = await createTestDatabase();
  ctx = createContext(db.database, { log: silentLogger });
  // one event every 86.4 s: a thousand a day, for twenty days
  await sql`
    insert into ledger_events (id, time, type, principal_id, principal_kind, principal_name, actor_kind, project_id, subject_type, subject_id)
    select 'e' || n, ${new Date(begin)}::timestamptz + n * interval '86.4 seconds',
      case when n % 2000 = 1 then 'environment.changed' when n % 100 = 3 then 'plan.approved' when n % 100 = 4
        then 'plan.rejected' when n % 2 = 0 then 'run.finished' else 'run.started' end,
      'somebody', 'user', 'somebody', 'person', case when n % 51 > 0 then 'p' || n % 51 end, 'thing', 't' || n % 1000
    from generate_series(1, ${events}::int) n order by n`.execute(ctx.db);
  await sql`analyze ledger_events`.execute(ctx.db);
});
afterAll(() => db.drop());

const all = { projectIds: "all" as const, platform: true, limit: 50 };

test.each<[string, Partial<EventFilter>]>([
  ["a rare type", { type: "environment.changed" }],
  ["a type that never was", { type: "nothing.of-the-kind" }],
  ["a rare type of a few projects", { type: "environment", projectIds: ["p1", "p2", "p3"] }],
  ["some types long ago", { type: "plan", from: day(2), to: day(4) }],
  ["a common type on one day long ago", { type: "run.f", from: day(2), to: day(3) }],
  ["a common type until long ago", { type: "run.f", to: day(10) }],
  ["everything until long ago", { to: day(3) }],
  ["a common type from long after the last", { type: "run", from: day(30) }],
])("%s is found without looking at all events", async (_, filter) => {
  const asked = { ...all, ...filter };
  const found = await eventsQuery(ctx, asked, await placesOf(ctx, asked)).explain("json", sql`analyze`);
  expect(readOf((found as unknown as Explained[])[0]?.["QUERY PLAN"][0]?.Plan)).toBeLessThan(events / 10);
});

interface Explained {
  readonly "QUERY PLAN": readonly { readonly Plan: PlanNode }[];
}
interface PlanNode {
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}

/** How many events were read from the table. */
function readOf(node: PlanNode | undefined): number {
  if (!node) return Number.POSITIVE_INFINITY;
  const own = node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0);
  const below = (node.Plans ?? []).map(readOf).reduce((sum, rows) => sum + rows, 0);
  return node["Relation Name"] === "ledger_events" ? own + below : below;
}

test("every event of the time is there, also one whose clock was hours behind", async () => {
  await sql`
    insert into ledger_events (id, time, type, principal_id, principal_kind, principal_name, actor_kind, subject_type, subject_id)
    values ('late', ${new Date(day(20).getTime() - 7_200_000)}, 'plan.late', 's', 'user', 's', 'person', 'thing', 't')
  `.execute(ctx.db);
  const ids = async (filter: Partial<EventFilter>) =>
    (await listEvents(ctx, { ...all, limit: 5000, ...filter })).map(({ event }) => event.id);
  const expected = (from: number, to: number, step: number, offset: number) =>
    Array.from({ length: events }, (_, index) => events - index)
      .filter((n) => n >= from && n < to && n % step === offset)
      .map((n) => `e${n}`);
  expect(await ids({ from: day(2), to: day(4), type: "plan.approved" })).toEqual(expected(2000, 4000, 100, 3));
  expect(await ids({ to: day(2) })).toEqual(expected(1, 2000, 1, 0));
  expect(await ids({ from: day(18), to: day(20), type: "plan" })).toContain("late");
  expect((await ids({ from: day(19) }))[0]).toBe("late");
});
