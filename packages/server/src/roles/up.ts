import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ServerReady } from "@pave/contract";
import type { App } from "../app.ts";
import type { Config } from "../config.ts";
import { migrate } from "../db/migrate.ts";
import { type Database, openDatabase } from "../db/open-database.ts";
import { startEmbeddedPostgres } from "../drivers/postgres/index.ts";
import { identityOf, lockDataFolder, reachableRoot } from "../drivers/process/index.ts";
import { connectGateway, gatewayCodeVersion, gatewayProcess, gatewayStatus, stopGateway } from "../gateway/index.ts";
import type { Logger } from "../kernel/logger.ts";
import { messageOf } from "../kernel/pave-error.ts";
import { untilAborted } from "../kernel/time.ts";
import { version } from "../kernel/version.ts";
import { keepRole } from "./child-role.ts";
import { beginGateway, type KeepGatewayOptions, keepGateway } from "./keep-gateway.ts";
import { keepLogsShort } from "./keep-logs-short.ts";
import { listen } from "./listen.ts";
import { clientFile, removeFile, serverFile, writePrivateFile } from "./local-files.ts";
import { runLoops } from "./loops.ts";
import { assertPortFree } from "./ports.ts";

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
  const { log, signal } = options;
  const lock = await lockDataFolder(config.dataFolder);
  const stops: (() => Promise<unknown>)[] = [() => lock.release()];
  try {
    await assertPortFree(config.host, config.port, "PAVE_PORT");
    const logFolder = join(config.dataFolder, "logs");
    await mkdir(logFolder, { recursive: true, mode: 0o700 });
    const gateway = gatewayOf(config, logFolder, log);
    const begun = await beginGateway(gateway);
    if (begun) stops.push(() => stopGateway(config.dataFolder));
    // our own modules are read while PostgreSQL starts
    const [database, { createApp }] = await Promise.all([startDatabase(config, log, stops), import("../app.ts")]);
    const addresses = { apiUrl: "", gatewayUrl: "" };
    const app = await createApp({
      config,
      database,
      log,
      addresses,
      embeddedDatabase: config.databaseUrl === "embedded",
    });
    stops.push(() => app.close());
    const seeded = await app.seed();
    const server = await listen(app, config, log);
    stops.push(() => server.close());
    addresses.apiUrl = config.publicUrl || server.url;
    addresses.gatewayUrl = config.gatewayUrl || `http://${config.gatewayHost}:${config.gatewayPort}`;
    await keepChildren({ app, config, addresses, gateway: { ...gateway, begun }, log, stops });
    await startWorker(app, stops);
    const signInUrl = await app.signInUrl(seeded.adminId);
    await writeLocalFiles(config, addresses, seeded.clientToken, stops);
    options.onReady({
      url: addresses.apiUrl,
      gatewayUrl: addresses.gatewayUrl,
      signInUrl,
      dataFolder: config.dataFolder,
      version,
      seconds: performance.now() / 1000,
    });
    await untilAborted(signal);
  } finally {
    for (const stop of stops.reverse())
      await stop().catch((error: unknown) => log.warn({ error: messageOf(error) }, "a part did not stop cleanly"));
  }
}

async function startDatabase(config: Config, log: Logger, stops: (() => Promise<unknown>)[]): Promise<Database> {
  let address: Parameters<typeof openDatabase>[0] = config.databaseUrl;
  if (config.databaseUrl === "embedded") {
    const postgres = await startEmbeddedPostgres({ dataFolder: config.dataFolder, log });
    stops.push(() => postgres.stop());
    address = postgres.connection;
  }
  await migrate(address, { log });
  const database = openDatabase(address, { log, poolSize: 16 });
  stops.push(() => database.close());
  return database;
}

async function startWorker(app: App, stops: (() => Promise<unknown>)[]): Promise<void> {
  const stopping = new AbortController();
  const ended = runLoops(app.loops, app.createContext, stopping.signal);
  stops.push(async () => {
    stopping.abort();
    await Promise.race([ended, delay(5_000)]);
  });
}

type Gateway = Omit<KeepGatewayOptions, "connect">;

function gatewayOf(config: Config, logFolder: string, log: Logger): Gateway {
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

interface Children {
  readonly app: App;
  readonly config: Config;
  readonly addresses: { apiUrl: string; gatewayUrl: string };
  readonly gateway: Gateway;
  readonly log: Logger;
  readonly stops: (() => Promise<unknown>)[];
}

async function keepChildren({ app, config, addresses, gateway, log, stops }: Children): Promise<void> {
  const { logFolder } = gateway.child;
  const shortening = keepLogsShort(logFolder, log);
  stops.push(async () => shortening.stop());
  const tokens = await app.roleTokens();
  const connection = (token: string) => ({ apiUrl: addresses.apiUrl, token });
  const kept = await keepGateway({
    ...gateway,
    connect: (folder) => connectGateway(folder, connection(tokens.gateway)),
  });
  stops.push(() => kept.stop());
  addresses.gatewayUrl = config.gatewayUrl || `http://${config.gatewayHost}:${kept.port}`;
  const stopping = new AbortController();
  const ended = keepRole(
    {
      role: "runner",
      logFolder,
      log,
      detached: false,
      environment: {
        PAVE_HOME: config.dataFolder,
        PAVE_API_URL: addresses.apiUrl,
        PAVE_LOG_LEVEL: config.logLevel,
        PAVE_ROLE_TOKEN: tokens.runner,
        PAVE_STEP_ISOLATION: config.isolation,
        PAVE_RUNNER_CAPACITY: String(config.runnerCapacity),
        PAVE_SOURCE_BUILDS: config.sourceBuilds,
        PAVE_STEP_DISK: String(config.stepDisk),
        PAVE_PYTHON: config.python,
      },
    },
    stopping.signal,
  );
  stops.push(async () => {
    stopping.abort();
    await Promise.race([ended, delay(8_000)]);
  });
}

async function writeLocalFiles(
  config: Config,
  addresses: { apiUrl: string; gatewayUrl: string },
  token: string,
  stops: (() => Promise<unknown>)[],
): Promise<void> {
  const self = await identityOf(process.pid);
  const root = await reachableRoot(config.dataFolder);
  await writePrivateFile(
    serverFile(config.dataFolder),
    JSON.stringify({ ...self, url: addresses.apiUrl, gatewayUrl: addresses.gatewayUrl, version, root }),
  );
  stops.push(() => removeFile(serverFile(config.dataFolder)));
  await writePrivateFile(clientFile(config.dataFolder), JSON.stringify({ url: addresses.apiUrl, token }));
}
