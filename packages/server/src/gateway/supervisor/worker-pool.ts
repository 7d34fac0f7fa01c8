/**
 * The worker processes. The supervisor listens and hands each connection to the ready worker with the fewest, so a
 * connection made while workers restart waits instead of being refused. A worker that dies is replaced at once, one
 * that keeps dying with growing pauses.
 */
import { createServer, type Server, type Socket } from "node:net";
import type { Logger } from "../../kernel/logger.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { backoffMs } from "../../kernel/retry.ts";
import type { LoggedRequests, ReleaseCounters, WorkerRoutes } from "../worker-messages.ts";
import { type WorkerEvents, WorkerProcess } from "./worker-process.ts";

export interface WorkerPoolOptions {
  readonly host: string;
  readonly port: number;
  readonly workers: number;
  readonly stuckAfterSeconds: number;
  readonly folders: { readonly root: string; readonly compileCache: string };
  readonly log: Logger;
  readonly onLoaded: () => void;
  readonly onCounters: (counters: readonly ReleaseCounters[]) => void;
  readonly onRequests: (logged: LoggedRequests) => void;
  readonly metricsText: () => Promise<string>;
  /** A worker that nobody told to end did. */
  readonly onEnded: () => void;
  readonly loadAllowance: (releaseId: string) => number;
  /** A worker got stuck or crashed in the model of this release. */
  readonly onCulprit: (releaseId: string) => void;
}

/** More than this wait for a worker: something is very wrong, and the caller had better know. */
const maxWaiting = 4096;

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #server: Server;
  readonly #workers = new Set<WorkerProcess>();
  readonly #waiting: Socket[] = [];
  #routes: WorkerRoutes = { configVersion: undefined, endpoints: [], keys: [] };
  #certificate: { readonly cert: string; readonly key: string } | undefined;
  #contactAtMs = 0;
  #quickDeaths = 0;
  #isStopping = false;
  readonly #timers = new Set<NodeJS.Timeout>();
  #onFirstReady: (() => void) | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
      socket.on("error", () => {});
      if (this.#waiting.length >= maxWaiting) return void socket.destroy();
      this.#waiting.push(socket);
      this.#handOver();
    });
  }

  get workerCount(): number {
    return this.#options.workers;
  }

  /** Resolves when connections are answered. */
  async start(routes: WorkerRoutes, contactAtMs: number): Promise<void> {
    this.#routes = routes;
    this.#contactAtMs = contactAtMs;
    const ready = new Promise<void>((resolve) => {
      this.#onFirstReady = resolve;
    });
    for (let index = 0; index < this.#options.workers; index += 1) this.#startWorker();
    this.#timers.add(setInterval(() => this.#ping(), 1000));
    await ready;
  }

  setRoutes(routes: WorkerRoutes) {
    this.#routes = routes;
    for (const worker of this.#workers) worker.setRoutes(routes, this.#contactAtMs);
  }

  /** Connections that are made from now on get it. */
  setCertificate({ cert, key }: { readonly cert: string; readonly key: string }) {
    this.#certificate = { cert, key };
    for (const worker of this.#workers) worker.setCertificate(this.#certificate);
  }

  noteContact(atMs: number) {
    this.#contactAtMs = atMs;
    for (const worker of this.#workers) worker.noteContact(atMs);
  }

  /**
   * Whether every worker that answers callers has it, and what went wrong where one has not. `isApart`: one that still
   * runs it in itself has not.
   */
  loadState(
    releaseId: string,
    isApart: boolean,
  ): { readonly isLoaded: boolean; readonly error?: string; readonly loadMs?: number } {
    const ready = [...this.#workers].filter(({ isReady }) => isReady);
    const found = ready
      .map((worker) => worker.releaseState(releaseId))
      .map((state) => (isApart && !state?.isApart && state?.error === undefined ? undefined : state));
    const error = found.find((each) => each?.error !== undefined)?.error;
    if (error !== undefined) return { isLoaded: false, error };
    if (ready.length === 0 || found.includes(undefined)) return { isLoaded: false };
    return { isLoaded: true, loadMs: Math.max(...found.map((each) => each?.loadMs ?? 0)) };
  }

  status() {
    return [...this.#workers].map(({ pid, isReady, connections }) => ({ pid, isReady, connections }));
  }

  /** Answers what was asked, then ends all workers. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    const gone = new Promise<void>((resolve) => {
      this.#onLastExit = resolve;
      if (this.#workers.size === 0) resolve();
    });
    for (const worker of this.#workers) worker.drain();
    const killing = setTimeout(() => {
      for (const worker of this.#workers) worker.kill();
    }, 7000);
    await Promise.all([closed, gone]);
    clearTimeout(killing);
  }
  #onLastExit: (() => void) | undefined;

  /** Takes the port, and tells which. Connections wait until workers are there. */
  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        if (error.code !== "EADDRINUSE") return reject(error);
        reject(
          new PaveError("port.taken", `the gateway cannot listen on ${host}:${port}: another program does`, {
            fix: "stop that program, or set another gateway port",
            cause: error,
          }),
        );
      });
      this.#server.listen({ host, port, backlog: 1024 }, () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address ? address.port : port);
      });
    });
  }

  #startWorker() {
    const { log, onLoaded, onCounters, onRequests, metricsText, loadAllowance } = this.#options;
    const events: WorkerEvents = {
      onReady: () => {
        this.#onFirstReady?.();
        onLoaded();
        this.#handOver();
      },
      onFree: () => this.#handOver(),
      onLoaded,
      onCounters,
      onRequests,
      metricsText,
      loadAllowance,
      onLog: (level, message) => log[level]({ worker: worker.pid }, message),
      onExit: (how, culprit, returned) => {
        if (culprit !== undefined) this.#options.onCulprit(culprit);
        this.#exited(worker, how, returned);
      },
    };
    const worker = new WorkerProcess(events, this.#options.folders);
    this.#workers.add(worker);
    if (this.#certificate) worker.setCertificate(this.#certificate);
    worker.setRoutes(this.#routes, this.#contactAtMs);
  }

  #exited(worker: WorkerProcess, how: string, returned: readonly Socket[]) {
    this.#workers.delete(worker);
    if (this.#isStopping) {
      for (const socket of returned) socket.destroy();
      if (this.#workers.size === 0) this.#onLastExit?.();
      return;
    }
    this.#waiting.unshift(...returned.filter(({ destroyed }) => !destroyed));
    this.#handOver();
    this.#options.onEnded();
    const livedMs = performance.now() - worker.startedAt;
    this.#quickDeaths = livedMs < 5000 ? this.#quickDeaths + 1 : 0;
    const delayMs = this.#quickDeaths <= 1 ? 0 : backoffMs(this.#quickDeaths - 1, { baseMs: 200, maxMs: 5000 });
    this.#options.log.error({ pid: worker.pid, how, livedMs: Math.round(livedMs) }, "a worker died and gets replaced");
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#startWorker();
    }, delayMs);
    this.#timers.add(timer);
  }

  #ping() {
    for (const worker of this.#workers) worker.ping(this.#options.stuckAfterSeconds);
  }

  #handOver() {
    while (this.#waiting.length > 0) {
      let best: WorkerProcess | undefined;
      for (const worker of this.#workers)
        if (worker.isFree && (!best || worker.connections < best.connections)) best = worker;
      const socket = best && this.#waiting.shift();
      if (!best || !socket) return;
      best.takeConnection(socket);
    }
  }
}
