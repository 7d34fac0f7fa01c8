/*
 * A real PostgreSQL as part of Pave. States of the server and what moves between them:
 *   absent    -> initialised  initdb in a draft folder, then one rename
 *   stopped   -> running      launched; or, when an earlier Pave was killed, adopted (pid file + process + connection)
 *   running   -> running      it died without being asked: launched again, connections stay valid
 *   running   -> stopped      stop(): fast shutdown
 * Whoever starts it holds the lock of the data folder. Nothing here is needed for safety: a crash of the server, of
 * Pave or of both at any point loses no acknowledged write, because fsync is on.
 */
import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../kernel/logger.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { backoffMs } from "../../kernel/retry.ts";
import { sleep } from "../../kernel/time.ts";
import { endProcessesBelow } from "../process/end-processes-below.ts";
import { reachableRoot } from "../process/reachable.ts";
import { findBinaries } from "./binaries.ts";
import { connectionOf, type EmbeddedConnection } from "./check-server.ts";
import { type Cluster, clusterIn, prepareCluster, readPassword, resetPassword } from "./cluster.ts";
import { findPostmaster, readPostmasterFile } from "./postmaster-pid.ts";
import { keepLogShort } from "./server-log.ts";
import { adoptServer, endServer, type LaunchOptions, launchServer, type ServerProcess } from "./server-process.ts";
import { socketLock, type Transport } from "./server-settings.ts";
import { findServerUser } from "./server-user.ts";
import { chooseTransport } from "./transport.ts";

export interface EmbeddedPostgres {
  /** Stays valid when the server is restarted after a crash. */
  readonly connection: EmbeddedConnection;
  readonly version: string;
  readonly pid: number;
  /** Whether it was running already. */
  readonly adopted: boolean;
  /** Ends the server and waits until it is gone. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly dataFolder: string;
  readonly log: Logger;
  /** False only for tests: no fsync. */
  readonly durable?: boolean;
  /** Instead of the one that fits this machine. */
  readonly transport?: Transport;
}

/** Starts or adopts the server of a data folder, and restarts it when it dies. Resolves once it accepts connections. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, durable = true } = options;
  const root = await reachableRoot(options.dataFolder);
  const cluster = clusterIn(root);
  const [binaries, user] = await Promise.all([findBinaries(root), findServerUser(cluster.folder)]);
  const launch = { binaries, user, durable };
  await prepareCluster(cluster, { ...launch, log });

  const adopted = await adoptServer(cluster, await readPassword(cluster), binaries);
  if ((await readPassword(cluster)) === undefined) await resetPassword(cluster, { ...launch, log });
  const password = (await readPassword(cluster)) ?? "";
  const transport = adopted?.transport ?? options.transport ?? (await chooseTransport(cluster, user));
  const server = adopted ?? (await launchPatiently(cluster, transport, password, launch));
  return supervise(server, { cluster, password, launch, log, adopted: adopted !== undefined });
}

/** Launches; after a crash, once the children of the killed server are gone. */
async function launchPatiently(
  cluster: Cluster,
  transport: Transport,
  password: string,
  options: LaunchOptions,
): Promise<ServerProcess> {
  const afterCrash = await clearCrash(cluster, transport);
  const deadline = Date.now() + (afterCrash && process.platform !== "linux" ? 10_000 : 0);
  for (;;) {
    try {
      return await launchServer(cluster, transport, password, options);
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await sleep(50);
    }
  }
}

/**
 * Removes the lock files of a server that is gone; gives true when there were any. PostgreSQL would do so itself, but
 * takes a recycled pid, or a dead process that nobody waited for, for a running server.
 */
async function clearCrash(cluster: Cluster, transport: Transport): Promise<boolean> {
  const file = await readPostmasterFile(cluster.data);
  if (file && (await findPostmaster(cluster.data, file))) return false;
  if (transport.kind === "socket") await rm(socketLock(transport.folder), { force: true });
  if (file === undefined) return false;
  await endProcessesBelow(cluster.data);
  await rm(join(cluster.data, "postmaster.pid"), { force: true });
  return true;
}

interface Supervision {
  readonly cluster: Cluster;
  readonly password: string;
  readonly launch: LaunchOptions;
  readonly log: Logger;
  readonly adopted: boolean;
}

function supervise(first: ServerProcess, options: Supervision): EmbeddedPostgres {
  const { cluster, password, launch, log, adopted } = options;
  const stopping = new AbortController();
  let server = first;

  const keepAlive = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await Promise.race([server.gone, aborted(stopping.signal)]);
      for (let attempt = 1; !stopping.signal.aborted; attempt += 1) {
        try {
          log.warn({ pid: server.identity.pid, attempt }, "the embedded database died; starting it again");
          server = await launchPatiently(cluster, server.transport, password, launch);
          break;
        } catch (error) {
          log.error({ error: messageOf(error), attempt }, "the embedded database does not start");
          await sleep(backoffMs(attempt, { maxMs: 30_000 }), stopping.signal);
        }
      }
    }
  };

  const shortenLog = setInterval(() => void keepLogShort(cluster.log).catch(() => undefined), 600_000);
  shortenLog.unref();
  const kept = keepAlive();
  return {
    connection: connectionOf(first.transport, password),
    version: first.facts.version,
    adopted,
    get pid() {
      return server.identity.pid;
    },
    async stop() {
      clearInterval(shortenLog);
      stopping.abort();
      await kept;
      await endServer(server.identity);
      const { transport } = server;
      if (transport.kind === "socket") await rmdir(transport.folder).catch(() => undefined);
    },
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
