import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../kernel/logger.ts";
import { PaveError } from "../kernel/pave-error.ts";
import { backoffMs } from "../kernel/retry.ts";
import { type ChildRole, spawnRole } from "./child-role.ts";
import { assertPortFree } from "./ports.ts";

export interface GatewayState {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly workerCount: number;
  /** The file of its certificate; empty without TLS. */
  readonly tls?: string;
  readonly version: string;
  /** Empty when it was not told yet. */
  readonly apiUrl: string;
}

export interface KeepGatewayOptions {
  readonly child: ChildRole;
  readonly dataFolder: string;
  readonly host: string;
  /** 0: any. */
  readonly port: number;
  readonly workers: number;
  readonly tls?: string;
  /** What the control socket says; undefined when nobody answers. */
  status(dataFolder: string): Promise<GatewayState | undefined>;
  /** Whether its process is there, answering or not. */
  isRunning(dataFolder: string): Promise<boolean>;
  /** Also ends one that does not answer. */
  stop(dataFolder: string): Promise<void>;
  /** Tells a gateway where the API is now. */
  connect(dataFolder: string): Promise<unknown>;
  /** The code that a fresh gateway would run; another version is replaced. */
  readonly codeVersion: string;
  readonly log: Logger;
  /** How long a gateway whose process is there may not answer before it is replaced; 10 s when absent. */
  readonly silentMs?: number;
  /** What `beginGateway` started. */
  readonly begun?: ChildProcess | undefined;
}

/** One that lives is waited for, however busy the machine: ending it would not make the next one quicker. */
const startMs = 60_000;
/** A gateway that was killed a moment ago may hold its port a little longer. */
const portPatienceMs = 2_000;
const silentMs = 10_000;
const portSetting = "PAVE_GATEWAY_PORT";

/**
 * Starts a gateway ahead of the api, unless one runs: it gets ready while the database and the api do, and is told of
 * the api by `keepGateway`. Half a second of a start is saved.
 */
export async function beginGateway(
  options: Pick<KeepGatewayOptions, "child" | "dataFolder" | "host" | "port" | "isRunning">,
): Promise<ChildProcess | undefined> {
  if (await options.isRunning(options.dataFolder)) return undefined;
  await assertPortFree(options.host, options.port, portSetting);
  return spawnRole(options.child);
}

/**
 * Finds the gateway that an earlier start left serving and adopts it, replaces one of other code or settings and one
 * that does not answer, and starts it again whenever it dies.
 */
export async function keepGateway(options: KeepGatewayOptions): Promise<{ port: number; stop(): Promise<void> }> {
  let state = options.begun ? await answerOf(options.begun, options) : await statusInTime(options);
  const difference = state && differenceOf(state, options);
  const isReplaced = difference !== undefined || (!state && (await options.isRunning(options.dataFolder)));
  if (isReplaced) {
    options.log.info(`replacing a gateway: ${difference ?? "it does not answer"}`);
    await options.stop(options.dataFolder);
    state = undefined;
  }
  if (state) await options.connect(options.dataFolder);
  else state = await startGateway(options, isReplaced ? portPatienceMs : 0);
  const stopping = new AbortController();
  const watching = watch(onPort(options, state.port), stopping.signal);
  return {
    port: state.port,
    async stop() {
      stopping.abort();
      await watching;
      await options.stop(options.dataFolder);
    },
  };
}

/** Why a gateway that runs is not the one we would start; undefined when it is. */
function differenceOf(state: GatewayState, options: KeepGatewayOptions): string | undefined {
  if (state.version !== options.codeVersion) return `it runs ${state.version}, not ${options.codeVersion}`;
  if (state.host !== options.host) return `it listens on ${state.host}, not ${options.host}`;
  if (options.port !== 0 && state.port !== options.port) return `it listens on port ${state.port}, not ${options.port}`;
  if (state.workerCount !== options.workers) return `it has ${state.workerCount} workers, not ${options.workers}`;
  if ((state.tls ?? "") !== (options.tls ?? ""))
    return `it serves the certificate ${state.tls || "none"}, not ${options.tls || "none"}`;
  return undefined;
}

/** What a gateway says while its process is there, which may be busy: undefined when it is gone, or silent for too long. */
async function statusInTime(options: KeepGatewayOptions, signal?: AbortSignal): Promise<GatewayState | undefined> {
  const deadline = Date.now() + (options.silentMs ?? silentMs);
  for (;;) {
    const state = await options.status(options.dataFolder);
    if (state || signal?.aborted || Date.now() > deadline || !(await options.isRunning(options.dataFolder)))
      return state;
    await delay(200, undefined, { signal }).catch(() => undefined);
  }
}

/** Callers know the port by now: whatever takes this gateway's place answers there, also where any port would have done. */
const onPort = (options: KeepGatewayOptions, port: number): KeepGatewayOptions => ({
  ...options,
  port,
  child: { ...options.child, environment: { ...options.child.environment, PAVE_GATEWAY_PORT: String(port) } },
});

async function startGateway(
  options: KeepGatewayOptions,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<GatewayState> {
  await waitForPort(options, patienceMs);
  const state = await answerOf(spawnRole(options.child), options, signal);
  if (state) {
    await options.connect(options.dataFolder);
    return state;
  }
  throw new PaveError("server.unavailable", `The gateway did not start within ${startMs / 1000} s`, {
    fix: `Look into ${options.child.logFolder}/gateway.log.`,
  });
}

/** What a gateway that was just started says once it is up; undefined when it ends instead or takes too long. */
async function answerOf(
  child: ChildProcess,
  options: KeepGatewayOptions,
  signal?: AbortSignal,
): Promise<GatewayState | undefined> {
  const deadline = Date.now() + startMs;
  while (!signal?.aborted && Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const state = await options.status(options.dataFolder);
    if (state) return state;
    await delay(50);
  }
  // whoever comes late would be in the way of the next try, by its port and its folder
  child.kill("SIGKILL");
  return undefined;
}

async function waitForPort({ host, port }: KeepGatewayOptions, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await assertPortFree(host, port, portSetting);
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await delay(50);
    }
  }
}

async function watch(options: KeepGatewayOptions, signal: AbortSignal): Promise<void> {
  for (let crashes = 0; !signal.aborted; ) {
    await delay(1_000, undefined, { signal }).catch(() => undefined);
    const state = signal.aborted ? undefined : await statusInTime(options, signal);
    if (state?.apiUrl === "") await options.connect(options.dataFolder);
    if (state || signal.aborted) continue;
    crashes += 1;
    options.log.warn("the gateway is gone or does not answer; starting it again");
    await options.stop(options.dataFolder);
    await startGateway(options, portPatienceMs, signal).catch((error: unknown) => {
      if (!signal.aborted) options.log.error({ error: String(error) }, "the gateway could not be started");
    });
    await delay(backoffMs(crashes, { baseMs: 50, maxMs: 5_000 }), undefined, { signal }).catch(() => undefined);
  }
}
