import type { GatewayReleaseStatus, GatewayReport } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

/** A gateway reports at least every ten seconds; one that was silent for longer than this does not count. */
const liveMs = 25_000;

export interface GatewayRow {
  readonly id: string;
  readonly configVersion: number;
  readonly releases: readonly GatewayReleaseStatus[];
  readonly lastSeenAt: Date;
}

const columns = ["id", "config_version as configVersion", "releases", "last_seen_at as lastSeenAt"] as const;

export async function listLiveGateways(ctx: Ctx): Promise<GatewayRow[]> {
  const since = new Date(ctx.clock.now().getTime() - liveMs);
  return (await ctx.db
    .selectFrom("gateways")
    .select(columns)
    .where("last_seen_at", ">=", since)
    .orderBy("id")
    .execute()) as GatewayRow[];
}

export const countLiveGateways = async (ctx: Ctx): Promise<number> => (await listLiveGateways(ctx)).length;

/** True when the report told something new; one that was overtaken by a later one tells nothing. */
export async function putGateway(ctx: Ctx, report: GatewayReport): Promise<boolean> {
  const before = await ctx.db
    .selectFrom("gateways")
    .select(["releases", "config_version"])
    .where("id", "=", report.gatewayId)
    .executeTakeFirst();
  const row = {
    started_at: report.startedAt,
    sequence: report.sequence,
    config_version: report.configVersion,
    releases: json(report.releases),
    last_seen_at: ctx.clock.now(),
  };
  const written = await ctx.db
    .insertInto("gateways")
    .values({ id: report.gatewayId, ...row })
    .onConflict((conflict) =>
      conflict
        .column("id")
        .doUpdateSet(row)
        .where(sql<boolean>`(gateways.started_at, gateways.sequence) < (excluded.started_at, excluded.sequence)`),
    )
    .returning("id")
    .executeTakeFirst();
  return (
    written !== undefined &&
    (before?.config_version !== report.configVersion ||
      JSON.stringify(before.releases) !== JSON.stringify(report.releases))
  );
}

/** Gateways that have been gone for a day. */
export async function pruneGateways(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - 24 * 3_600_000);
  await ctx.db.deleteFrom("gateways").where("last_seen_at", "<", before).execute();
}
