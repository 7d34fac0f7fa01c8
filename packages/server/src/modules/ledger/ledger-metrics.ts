import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { MetricFamily } from "../../kernel/metrics/index.ts";
import { chainHead } from "./ledger-store.ts";

/** How far the seal is behind. Looks no further back than the last sealed event. */
export async function ledgerMetrics(ctx: Ctx): Promise<readonly MetricFamily[]> {
  const head = await chainHead(ctx);
  const oldest = await ctx.db
    .selectFrom("ledger_events as e")
    .leftJoin("ledger_seals as s", "s.event_id", "e.id")
    .select("e.time as time")
    .where("s.event_id", "is", null)
    .where(
      sql<boolean>`e.xid >= coalesce((select xid from ledger_events where id = (select event_id from ledger_seals order by position desc limit 1) and xid < pg_snapshot_xmax(pg_current_snapshot())), '0'::xid8)`,
    )
    .orderBy("e.xid")
    .orderBy("e.seq")
    .limit(1)
    .executeTakeFirst();
  const lagMs = oldest ? Math.max(0, ctx.clock.now().getTime() - oldest.time.getTime()) : 0;
  return [
    {
      name: "pave_ledger_sealed_events_total",
      type: "counter",
      help: "Events of the ledger in its hash chain.",
      samples: [{ value: head.position }],
    },
    {
      name: "pave_ledger_seal_lag_seconds",
      type: "gauge",
      help: "Age of the oldest event that is not sealed yet; 0 when all are.",
      samples: [{ value: lagMs / 1000 }],
    },
  ];
}
