import { type ChildProcess, fork } from "node:child_process";
import { closeSync, openSync, readSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { entryFile } from "@pave/contract/installation";
import { newId } from "../../kernel/ids.ts";
import {
  type FromWorker,
  type LoggedRequests,
  lastRunDescriptor,
  type ReleaseCounters,
  type ReleaseState,
  type ToWorker,
  type WorkerRoutes,
} from "../worker-messages.ts";

export interface WorkerEvents {
  readonly onReady: () => void;
  /** It can take another connection. */
  readonly onFree: () => void;
  readonly onLoaded: () => void;
  readonly onCounters: (counters: readonly ReleaseCounters[]) => void;
  readonly onRequests: (logged: LoggedRequests) => void;
  /** The text of `/metrics`. */
  readonly metricsText: () => Promise<string>;
  readonly onLog: (level: "info" | "warn" | "error", message: string) => void;
  /**
   * `culprit`: the release whose model it was stuck or crashed in. `returned`: connections that were to be handed to it
   * and never left this process.
   */
  readonly onExit: (how: string, culprit: string | undefined, returned: readonly Socket[]) => void;
  /** Pings that loading this release may cost beyond the usual. */
  readonly loadAllowance: (releaseId: string) => number;
}

/** What native code dies of by itself. */
const crashSignals: ReadonlySet<NodeJS.Signals> = new Set(["SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL"]);

/** One worker process as its supervisor sees it. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #events: WorkerEvents;
  #releases: ReadonlyMap<string, ReleaseState> = new Map();
  isReady = false;
  isDraining = false;
  connections = 0;
  readonly startedAt = performance.now();
  #handing = 0;
  /** Connections that the channel has not taken yet: it sends one at a time, each once the one before has arrived. */
  readonly #unsent = new Set<Socket>();
  #missedPings = 0;
  #allowance = 0;
  #pings = 0;
  #isStuck = false;
  /** A nameless file that the worker writes and this process reads when the worker cannot be asked any more. */
  readonly #lastRun: number;

  constructor(events: WorkerEvents, folders: { readonly root: string; readonly compileCache: string }) {
    this.#events = events;
    const path = join(folders.root, `${newId()}.tmp`);
    this.#lastRun = openSync(path, "w+", 0o600);
    rmSync(path);
    const stdio: ("inherit" | "ipc" | number)[] = ["inherit", "inherit", "inherit", "ipc"];
    stdio[lastRunDescriptor] = this.#lastRun;
    // an environment of its own: models are foreign code and have no business with the gateway's token
    this.#child = fork(entryFile("packages/server/src/gateway/worker"), [], {
      env: { LANG: "C.UTF-8", NODE_COMPILE_CACHE: folders.compileCache },
      execArgv: [],
      stdio,
      serialization: "json",
    });
    this.#child.on("message", (message) => this.#receive(message as FromWorker));
    this.#child.on("error", () => {});
    this.#child.on("exit", (code, signal) => {
      const isModels = this.#isStuck || (signal !== null && crashSignals.has(signal));
      const culprit = isModels ? this.#readLastRun() : undefined;
      closeSync(this.#lastRun);
      events.onExit(signal ? `signal ${signal}` : `code ${code}`, culprit, [...this.#unsent]);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Undefined when it has not tried to load it. */
  releaseState(releaseId: string): ReleaseState | undefined {
    return this.#releases.get(releaseId);
  }

  /** Few at a time: connections that wait in the supervisor survive this process. */
  get isFree(): boolean {
    // a process that is about to be gone closes its channel first
    return this.#child.connected && this.isReady && !this.isDraining && this.#missedPings < 2 && this.#handing < 16;
  }

  setRoutes(routes: WorkerRoutes, contactAtMs: number) {
    this.#send({ type: "routes", routes, contactAtMs });
  }

  /** Before the first routes, so that it is there before the first connection. */
  setCertificate(certificate: { readonly cert: string; readonly key: string }) {
    this.#send({ type: "certificate", ...certificate });
  }

  noteContact(atMs: number) {
    this.#send({ type: "contact", atMs });
  }

  takeConnection(socket: Socket) {
    this.#handing += 1;
    this.connections += 1;
    this.#unsent.add(socket);
    this.#send({ type: "connection" }, socket);
  }

  /** Once a second. Kills the process when it has not answered for too long. Counted in pings, so sleeping machines do no harm. */
  ping(stuckAfterSeconds: number) {
    if (this.#missedPings >= stuckAfterSeconds + this.#allowance) {
      this.#events.onLog("error", `worker ${this.pid} is stuck for ${this.#missedPings} s and gets killed`);
      this.#isStuck = true;
      this.kill();
      return;
    }
    this.#missedPings += 1;
    this.#pings += 1;
    this.#send({ type: "ping", id: this.#pings });
  }

  drain() {
    this.isDraining = true;
    this.#send({ type: "drain" });
  }

  kill() {
    this.#child.kill("SIGKILL");
  }

  #readLastRun(): string | undefined {
    const text = Buffer.alloc(64);
    const bytes = readSync(this.#lastRun, text, 0, 64, 0);
    return text.toString("utf8", 0, bytes).split("\n")[0] || undefined;
  }

  async #sendMetrics(id: number): Promise<void> {
    this.#send({ type: "metrics", id, text: await this.#events.metricsText() });
  }

  #send(message: ToWorker, socket?: Socket) {
    // an error means that it is gone, which `exit` tells
    if (!this.#child.connected) return;
    // ours stays open until it was sent: node would close it where that fails
    this.#child.send(message, socket, { keepOpen: true }, (error) => {
      if (error || !socket) return;
      this.#unsent.delete(socket);
      socket.destroy();
    });
  }

  #receive(message: FromWorker) {
    switch (message.type) {
      case "ready":
        this.isReady = true;
        return this.#events.onReady();
      case "pong":
        this.#missedPings = 0;
        return this.#events.onFree();
      case "accepted":
        this.#handing -= 1;
        this.connections = message.connections + this.#handing;
        return this.#events.onFree();
      case "loading":
        this.#allowance = this.#events.loadAllowance(message.releaseId);
        return;
      case "releases":
        this.#allowance = 0;
        this.#releases = new Map(message.releases.map((release) => [release.releaseId, release]));
        return this.#events.onLoaded();
      case "counters":
        this.connections = message.connections + this.#handing;
        if (message.counters.length > 0) this.#events.onCounters(message.counters);
        return;
      case "requests":
        return this.#events.onRequests(message.logged);
      case "metrics-wanted":
        return void this.#sendMetrics(message.id);
      case "log":
        return this.#events.onLog(message.level, message.message);
    }
  }
}
