import { spawn } from "node:child_process";
import { open, realpath } from "node:fs/promises";
import { sleep } from "../../kernel/time.ts";
import { identityOf, isAlive, type ProcessIdentity, sendSignal, waitForExit } from "../process/process-life.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { checkServer, connectionOf, type ServerFacts } from "./check-server.ts";
import type { Cluster } from "./cluster.ts";
import { findPostmaster, type PostmasterFile, readPostmasterFile } from "./postmaster-pid.ts";
import { idsOf, serverEnvironment } from "./run-as.ts";
import { keepLogShort, logSize, readLogSince } from "./server-log.ts";
import { serverSettings, type Transport } from "./server-settings.ts";
import type { ServerUser } from "./server-user.ts";
import { startError } from "./start-error.ts";

/** A server that accepts connections. */
export interface ServerProcess {
  readonly identity: ProcessIdentity;
  readonly transport: Transport;
  readonly facts: ServerFacts;
  /** Resolves when it is gone, for whatever reason. */
  readonly gone: Promise<void>;
}

export interface LaunchOptions {
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser;
  readonly durable: boolean;
}

/** Recovery after a crash may read a few hundred MB of WAL. */
const readyTimeoutMs = 120_000;

/** Starts a server and waits until it accepts connections. */
export async function launchServer(
  cluster: Cluster,
  transport: Transport,
  password: string,
  options: LaunchOptions,
): Promise<ServerProcess> {
  await keepLogShort(cluster.log);
  const logStart = await logSize(cluster.log);
  const child = await spawnServer(cluster, transport, options);
  const identity = await identityOf(child.pid);
  let failure: unknown;
  if (identity !== undefined && (await becomesReady(cluster, child))) {
    try {
      const facts = await checkServer(connectionOf(transport, password));
      return { identity, transport, facts, gone: child.gone };
    } catch (error) {
      failure = error;
    }
  }
  if (identity !== undefined) await endServer(identity);
  const output = await readLogSince(cluster.log, logStart);
  throw await startError("Starting the database", cluster.folder, output, failure ?? child.failure());
}

interface ServerChild {
  /** 0 when it could not even be spawned. */
  readonly pid: number;
  readonly gone: Promise<void>;
  isGone(): boolean;
  /** Why it could not be spawned. */
  failure(): Error | undefined;
}

/** In a session of its own, so that neither Ctrl-C in the terminal nor our death ends it. */
async function spawnServer(cluster: Cluster, transport: Transport, options: LaunchOptions): Promise<ServerChild> {
  const settings = Object.entries(serverSettings(transport, options));
  const log = await open(cluster.log, "a", 0o600);
  const child = spawn(
    options.binaries.postgres,
    ["-D", cluster.data, ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { ...idsOf(options.user), cwd: "/", env: serverEnvironment, detached: true, stdio: ["ignore", log.fd, log.fd] },
  );
  let isGone = false;
  let failure: Error | undefined;
  const gone = new Promise<void>((resolve) => {
    const end = (): void => {
      isGone = true;
      resolve();
    };
    child.once("exit", end);
    child.once("error", (error) => {
      failure = error;
      end();
    });
  });
  child.unref();
  await log.close();
  return { pid: child.pid ?? 0, gone, isGone: () => isGone, failure: () => failure };
}

/** Gives false when the server ended instead, or takes too long. */
async function becomesReady(cluster: Cluster, child: ServerChild): Promise<boolean> {
  const deadline = Date.now() + readyTimeoutMs;
  while (!child.isGone() && Date.now() < deadline) {
    const file = await readPostmasterFile(cluster.data);
    if (file?.pid === child.pid && file.status === "ready") return true;
    await sleep(5);
  }
  return false;
}

/**
 * Takes over a server that an earlier Pave left running. Gives undefined when none runs, or when it is of no use and was
 * ended: other version, socket gone, password lost.
 */
export async function adoptServer(
  cluster: Cluster,
  password: string | undefined,
  binaries: PostgresBinaries,
): Promise<ServerProcess | undefined> {
  const file = await readPostmasterFile(cluster.data);
  if (file === undefined) return undefined;
  const identity = await findPostmaster(cluster.data, file);
  if (identity === undefined) return undefined;
  const server = password === undefined ? undefined : await waitForServer(cluster, identity, password);
  const isOurs =
    server?.facts.version === binaries.version && server.facts.dataFolder === (await realpath(cluster.data));
  if (isOurs) return server;
  await endServer(identity);
  return undefined;
}

/** Fast shutdown; when that hangs, the immediate one, after which the next start recovers. */
export async function endServer(identity: ProcessIdentity): Promise<void> {
  for (const [signal, graceMs] of [
    ["SIGINT", 15_000],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 2_000],
  ] as const) {
    if (!(await isAlive(identity))) return;
    sendSignal(identity.pid, signal);
    if (await waitForExit(identity, graceMs)) return;
  }
}

/** It may be starting, recovering or shutting down: wait until it answers or is gone. */
/** Undefined where it does not answer, or not to us. */
export async function waitForServer(
  cluster: Cluster,
  identity: ProcessIdentity,
  password: string,
): Promise<ServerProcess | undefined> {
  const deadline = Date.now() + readyTimeoutMs;
  let failures = 0;
  while ((await isAlive(identity)) && Date.now() < deadline && failures < 20) {
    const file = await readPostmasterFile(cluster.data);
    if (file?.status === "ready") {
      const transport = transportOf(file);
      const facts = await checkServer(connectionOf(transport, password)).catch(() => undefined);
      if (facts) return { identity, transport, facts, gone: goneByPolling(identity) };
      failures += 1;
    }
    await sleep(50);
  }
  return undefined;
}

const transportOf = (file: PostmasterFile): Transport =>
  file.socketFolder === "" ? { kind: "loopback", port: file.port } : { kind: "socket", folder: file.socketFolder };

/** An adopted server is not our child, so nobody tells us when it ends. */
function goneByPolling(identity: ProcessIdentity): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(async () => {
      if (await isAlive(identity)) return;
      clearInterval(timer);
      resolve();
    }, 100);
    timer.unref();
  });
}
