import type { ClientOutput, RunnerBounds, routes } from "@pave/contract";
import { sql } from "kysely";
import type { Ctx } from "./db/context.ts";
import { version } from "./kernel/version.ts";
import type { StoreHealth } from "./modules/artifacts/index.ts";

const aliveMs = 30_000;

/** Versions and the state of the parts, in one query. */
export async function readSystem(
  ctx: Ctx,
  options: { embedded: boolean; gatewayUrl: string; artifactStore: StoreHealth },
): Promise<ClientOutput<typeof routes.systemInfo>> {
  const row = await ctx.db
    .selectNoFrom((eb) => [
      sql<string>`current_setting('server_version')`.as("database"),
      eb
        .selectFrom("gateways")
        .select((e) => e.fn.max("last_seen_at").as("at"))
        .as("gateway"),
      eb
        .selectFrom("runners")
        .select((e) => e.fn.max("last_seen_at").as("at"))
        .as("runner"),
      eb.selectFrom("runners").select("isolation").orderBy("last_seen_at", "desc").limit(1).as("isolation"),
      eb.selectFrom("runners").select("bounds").orderBy("last_seen_at", "desc").limit(1).as("bounds"),
    ])
    .executeTakeFirstOrThrow();
  const isAlive = (at: Date | null) => at !== null && ctx.clock.now().getTime() - at.getTime() < aliveMs;
  return {
    version,
    database: { version: row.database, embedded: options.embedded },
    artifacts: options.artifactStore,
    gateway: {
      url: options.gatewayUrl,
      connected: isAlive(row.gateway),
      lastSeenAt: row.gateway?.toISOString() ?? null,
    },
    runner: {
      connected: isAlive(row.runner),
      lastSeenAt: row.runner?.toISOString() ?? null,
      isolation: row.isolation,
      bounds: row.bounds as RunnerBounds | null,
    },
  };
}
