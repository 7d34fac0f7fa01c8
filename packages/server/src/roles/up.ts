import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ServerReady } from "@pave/contract";
import type { Config } from "../config.ts";
import type { DatabaseAddress } from "../db/connection.ts";
import { migrate } from "../db/migrate.ts";
import { startEmbeddedPostgres } from "../drivers/postgres/index.ts";
import { lockDataFolder } from "../drivers/process/index.ts";
import { gatewayCodeVersion, gatewayProcess, gatewayStatus, stopGateway } from "../gateway/index.ts";
import type { Logger } from "../kernel/logger.ts";
import { messageOf } from "../kernel/pave-error.ts";
import { beginGateway, type KeepGatewayOptions } from "./keep-gateway.ts";
import { assertPortFree } from "./ports.ts";
import { assertNoRestore } from "./unfinished-restore.ts";

export interface UpOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
  onReady(ready: ServerReady): void;
}

/**
 * The embedded default: PostgreSQL, api and worker in this process, gateway and runner as children, on one machine.
 * Resolves when the signal has stopped everything. Killed at any instant, the next start adopts or replaces what was
 * left behind.
 */
export async function up(config: Config, options: UpOptions): Promise<void> {
  const { log } = options;
  const lock = await lockDataFolder(config.dataFolder);
  const stops: (() => Promise<unknown>)[] = [() => lock.release()];
  try {
    await assertNoRestore(config.dataFolder);
    await assertPortFree(config.host, config.port, "PAVE_PORT");
    const logFolder = join(config.dataFolder, "logs");
    await mkdir(logFolder, { recursive: true, mode: 0o700 });
    const gateway = gatewayOf(config, logFolder, log);
    const begun = await beginGateway(gateway);
    if (begun) stops.push(() => stopGateway(config.dataFolder));
    const [address, { runPlatform }] = await Promise.all([
      startDatabase(config, log, stops),
      import("./run-platform.ts"),
    ]);
    await runPlatform({ ...options, config, address, gateway: { ...gateway, begun }, stops });
  } finally {
    for (const stop of stops.reverse())
      await stop().catch((error: unknown) => log.warn({ error: messageOf(error) }, "a part did not stop cleanly"));
  }
}

/** Gives the address of a database that is up to date. */
async function startDatabase(config: Config, log: Logger, stops: (() => Promise<unknown>)[]): Promise<DatabaseAddress> {
  let address: DatabaseAddress = config.databaseUrl;
  if (config.databaseUrl === "embedded") {
    const postgres = await startEmbeddedPostgres({ dataFolder: config.dataFolder, log });
    stops.push(() => postgres.stop());
    address = postgres.connection;
  }
  await migrate(address, { log });
  return address;
}

function gatewayOf(config: Config, logFolder: string, log: Logger): Omit<KeepGatewayOptions, "connect"> {
  return {
    child: {
      role: "gateway",
      logFolder,
      log,
      detached: true,
      connectsLater: true,
      environment: {
        PAVE_HOME: config.dataFolder,
        PAVE_LOG_LEVEL: config.logLevel,
        PAVE_GATEWAY_HOST: config.gatewayHost,
        PAVE_GATEWAY_PORT: String(config.gatewayPort),
        PAVE_GATEWAY_WORKERS: String(config.gatewayWorkers),
      },
    },
    dataFolder: config.dataFolder,
    host: config.gatewayHost,
    port: config.gatewayPort,
    workers: config.gatewayWorkers,
    status: gatewayStatus,
    isRunning: async (folder) => (await gatewayProcess(folder)) !== undefined,
    stop: stopGateway,
    codeVersion: gatewayCodeVersion,
    log,
  };
}
