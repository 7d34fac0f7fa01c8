import { sql } from "kysely";
import type { Ctx } from "../db/context.ts";
import type { MetricFamily } from "../kernel/metrics/index.ts";

/** A runner asks for work at least this often. */
const aliveSeconds = 30;

/** What waits for runners and for how long, what they do, and how many there are. */
export async function workMetrics(ctx: Ctx): Promise<readonly MetricFamily[]> {
  const now = ctx.clock.now();
  const open = (state: "queued" | "leased") =>
    ctx.db
      .selectFrom("work")
      .select((eb) => [
        "kind",
        sql<string>`${state}::text`.as("state"),
        eb.fn.countAll<number>().as("items"),
        eb.fn.min("available_at").as("oldest"),
      ])
      .where("state", "=", state)
      .groupBy("kind");
  const work = await open("queued").unionAll(open("leased")).execute();
  const since = new Date(now.getTime() - aliveSeconds * 1000);
  const { alive } = await ctx.db
    .selectFrom("runners")
    .select((eb) => eb.fn.countAll<number>().as("alive"))
    .where("last_seen_at", ">=", since)
    .executeTakeFirstOrThrow();
  const queued = work.filter(({ state }) => state === "queued");
  const waits = queued.map(({ oldest }) => (oldest ? now.getTime() - oldest.getTime() : 0));
  return [
    {
      name: "pave_work_items",
      type: "gauge",
      help: "Work for runners: queued waits for one, leased is with one.",
      samples: work.map(({ kind, state, items }) => ({ labels: { kind, state }, value: Number(items) })),
    },
    {
      name: "pave_work_oldest_queued_seconds",
      type: "gauge",
      help: "How long the oldest work waits that a runner could take; 0 when none does.",
      samples: [{ value: Math.max(0, ...waits) / 1000 }],
    },
    {
      name: "pave_runners_alive",
      type: "gauge",
      help: `Runners heard of in the last ${aliveSeconds} seconds.`,
      samples: [{ value: Number(alive) }],
    },
  ];
}
