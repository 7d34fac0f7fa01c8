import type { ServerReady } from "@pave/contract";
import { type App, createApp } from "../app.ts";
import type { Config } from "../config.ts";
import type { DatabaseAddress } from "../db/connection.ts";
import { openDatabase } from "../db/open-database.ts";
import { identityOf, reachableRoot } from "../drivers/process/index.ts";
import { connectGateway } from "../gateway/index.ts";
import type { Logger } from "../kernel/logger.ts";
import { untilAborted, waitAtMost } from "../kernel/time.ts";
import { version } from "../kernel/version.ts";
import { keepRole } from "./child-role.ts";
import { exposureWarnings } from "./exposure.ts";
import { gatewayUrlOf } from "./gateway-url.ts";
import { handOutClient } from "./hand-out-client.ts";
import { type KeepGatewayOptions, keepGateway } from "./keep-gateway.ts";
import { keepLogsShort } from "./keep-logs-short.ts";
import { listen } from "./listen.ts";
import { removeFile, serverFile, writePrivateFile } from "./local-files.ts";
import { runLoops } from "./loops.ts";

export interface PlatformOptions {
  readonly config: Config;
  /** Of a database that is up to date. */
  readonly address: DatabaseAddress;
  readonly gateway: Omit<KeepGatewayOptions, "connect">;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** What has to be undone at the end, last first. */
  readonly stops: (() => Promise<unknown>)[];
  onReady(ready: ServerReady): void;
}

/**
 * Api and worker in this process, gateway and runner as children. Resolves when the signal comes; the caller runs `stops`.
 * Reading this file reads the whole program, which takes a third of a start: `up` does so while PostgreSQL starts.
 */
export async function runPlatform(options: PlatformOptions): Promise<void> {
  const { config, log, stops } = options;
  const database = openDatabase(options.address, { log, poolSize: 16 });
  stops.push(() => database.close());
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
  const server = await listen(app, config, log, { isLocal: true });
  stops.push(() => server.close());
  addresses.apiUrl = config.publicUrl || server.url;
  await keepChildren(app, addresses, { ...options, localUrl: server.localUrl });
  const signInUrl = await app.signInUrl(seeded.adminId);
  await writeLocalFiles(config, addresses, stops);
  await handOutClient(app, {
    dataFolder: config.dataFolder,
    url: clientUrl(config, addresses, server.localUrl),
    adminId: seeded.adminId,
  });
  startWorker(app, stops);
  options.onReady({
    url: addresses.apiUrl,
    gatewayUrl: addresses.gatewayUrl,
    signInUrl,
    dataFolder: config.dataFolder,
    version,
    seconds: performance.now() / 1000,
    warnings: warnOf(config, log),
  });
  await untilAborted(options.signal);
}

/** Where TLS is served the client on this machine goes past it, and needs no authority's certificate. */
const clientUrl = (config: Config, addresses: Addresses, localUrl: string): string =>
  config.tlsCertFile ? localUrl : addresses.apiUrl;

function warnOf(config: Config, log: Logger): readonly string[] {
  const warnings = exposureWarnings(config);
  for (const warning of warnings) log.warn(warning);
  return warnings;
}

function startWorker(app: App, stops: PlatformOptions["stops"]): void {
  const stopping = new AbortController();
  const ended = runLoops(app.loops, app.createContext, stopping.signal);
  stops.push(async () => {
    stopping.abort();
    await waitAtMost(5_000, ended);
  });
}

interface Addresses {
  apiUrl: string;
  gatewayUrl: string;
}

async function keepChildren(
  app: App,
  addresses: Addresses,
  { config, gateway, log, stops, localUrl }: PlatformOptions & { readonly localUrl: string },
): Promise<void> {
  const { logFolder } = gateway.child;
  const shortening = keepLogsShort(logFolder, log);
  stops.push(async () => shortening.stop());
  const tokens = await app.roleTokens();
  const apiUrl = localUrl;
  const connection = (token: string) => ({ apiUrl, token });
  const kept = await keepGateway({
    ...gateway,
    connect: (folder) => connectGateway(folder, connection(tokens.gateway)),
  });
  stops.push(() => kept.stop());
  addresses.gatewayUrl = await gatewayUrlOf(config, kept.port);
  const stopping = new AbortController();
  const ended = keepRole(
    {
      role: "runner",
      logFolder,
      log,
      detached: false,
      environment: {
        PAVE_HOME: config.dataFolder,
        PAVE_API_URL: apiUrl,
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
    await waitAtMost(8_000, ended);
  });
}

async function writeLocalFiles(config: Config, addresses: Addresses, stops: PlatformOptions["stops"]): Promise<void> {
  const self = await identityOf(process.pid);
  const root = await reachableRoot(config.dataFolder);
  await writePrivateFile(
    serverFile(config.dataFolder),
    JSON.stringify({ ...self, url: addresses.apiUrl, gatewayUrl: addresses.gatewayUrl, version, root }),
  );
  stops.push(() => removeFile(serverFile(config.dataFolder)));
}
