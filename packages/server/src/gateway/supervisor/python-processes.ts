/**
 * The processes of models of Python, as the gateway sees them: the runner beside it starts them (contract/model-host.ts
 * says how it is asked), this watches each at its socket, and workers reach it there.
 *
 *     starting ──says hello──> ready ──connection lost──> starting: its watchdog or the runner replaces it
 *        └── the runner says that it failed, or there is no runner: failed, and goes on trying
 *
 * Once a release was ready its address stays: workers hold what came meanwhile and hand it to the successor. With the
 * runner gone, processes that run go on.
 */
import { createConnection, type Socket } from "node:net";
import type { AttemptIsolation } from "@pave/contract";
import { type HostedModel, hostedModelSchema, type WantedModel } from "@pave/contract/gateway";
import { isClosedFolder } from "../../drivers/process/closed-folder.ts";
import { jsonLines, modelHostSocket } from "../../drivers/process/model-host-socket.ts";
import type { Logger } from "../../kernel/logger.ts";
import { sleep } from "../../kernel/time.ts";
import type { ModelProcessAddress } from "../runtime/process-runtime.ts";
import { encodeFrame, FrameReader, type FromProcess } from "../runtime/wire.ts";
import type { ApartRelease, ProcessState } from "./model-processes.ts";
import { memoryLimit } from "./placement.ts";

export interface PythonProcessesOptions {
  readonly dataFolder: string;
  readonly log: Logger;
  /** Some release became ready, or is not any more. */
  readonly onChange: () => void;
}

interface Entry {
  readonly wanted: WantedModel;
  readonly since: number;
  watched: { readonly path: string; readonly closing: AbortController } | undefined;
  /** Of the last process that was ready. */
  address: ModelProcessAddress | undefined;
  isReady: boolean;
  loadMs: number | undefined;
  error: string | undefined;
  isolation: AttemptIsolation | undefined;
}

/** A runner that is being replaced is back by then. */
const withoutRunnerMs = 20_000;

export class PythonProcesses {
  readonly #options: PythonProcessesOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new AbortController();
  #host: Socket | undefined;
  #connecting: Promise<void> | undefined;

  constructor(options: PythonProcessesOptions) {
    this.#options = options;
  }

  /** Asks for what is missing and lets go of everything else. */
  want(releases: readonly ApartRelease[]) {
    const ids = new Set(releases.map(({ releaseId }) => releaseId));
    let isOther = false;
    for (const [releaseId, entry] of this.#entries) {
      if (ids.has(releaseId)) continue;
      entry.watched?.closing.abort();
      this.#entries.delete(releaseId);
      isOther = true;
    }
    for (const { releaseId, folder, check } of releases) {
      if (this.#entries.has(releaseId) || !check.python) continue;
      const wanted = {
        releaseId,
        folder,
        python: check.python,
        memoryBytes: memoryLimit(check),
        startSeconds: 60 + (10 * (check.loadMs ?? 0)) / 1000,
      };
      const nothing = {
        ...{ watched: undefined, address: undefined, isReady: false, loadMs: undefined, error: undefined },
        isolation: undefined,
      };
      this.#entries.set(releaseId, { wanted, since: performance.now(), ...nothing });
      isOther = true;
    }
    if (!isOther) return;
    this.#ask();
    if (this.#entries.size > 0) this.#connecting ??= this.#keepConnected();
  }

  /** Where workers reach it; undefined before it was ready for the first time. */
  addressOf(releaseId: string): ModelProcessAddress | undefined {
    return this.#entries.get(releaseId)?.address;
  }

  stateOf(releaseId: string): ProcessState {
    const entry = this.#entries.get(releaseId);
    if (!entry || entry.isReady)
      return {
        isReady: entry !== undefined,
        ...(entry?.loadMs === undefined ? {} : { loadMs: entry.loadMs }),
        ...(entry?.isolation ? { isolation: entry.isolation } : {}),
      };
    if (entry.error !== undefined) return { isReady: false, error: `the model's own process: ${entry.error}` };
    if (this.#host || entry.address || performance.now() - entry.since < withoutRunnerMs) return { isReady: false };
    return {
      isReady: false,
      error: "models of Python need a runner beside the gateway, on the same machine and data folder; there is none",
    };
  }

  has(releaseId: string): boolean {
    return this.#entries.has(releaseId);
  }

  status() {
    return [...this.#entries].map(([releaseId, { isReady }]) => ({ releaseId, isReady }));
  }

  /** Called when no worker is left: a process that nobody watches ends. */
  stop(): void {
    this.want([]);
    this.#closing.abort();
    this.#host?.destroy();
  }

  #ask() {
    const models = [...this.#entries.values()].map(({ wanted }) => wanted);
    this.#host?.write(`${JSON.stringify({ type: "want", models })}\n`);
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const { folder, path, isShared } = modelHostSocket(this.#options.dataFolder);
      // in a folder of everybody's anyone could have put a runner of his own
      if (!isShared || (await isClosedFolder(folder))) await this.#connectOnce(path);
      // whether there is a runner is a part of every state
      if (!signal.aborted) this.#options.onChange();
      await sleep(500, signal);
    }
  }

  /** Resolves when the connection is over. */
  #connectOnce(path: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = createConnection(path);
      const read = jsonLines();
      socket.on("connect", () => {
        this.#host = socket;
        this.#ask();
      });
      socket.on("data", (chunk) => {
        try {
          for (const value of read(chunk)) this.#hear(hostedModelSchema.parse(value));
        } catch {
          socket.destroy();
        }
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        if (this.#host === socket) this.#host = undefined;
        resolve();
      });
    });
  }

  #hear({ releaseId, socket, state, error, isolation }: HostedModel) {
    const entry = this.#entries.get(releaseId);
    if (!entry) return;
    entry.isolation = isolation ?? undefined;
    entry.error = state === "failed" ? (error ?? "it failed") : undefined;
    if (socket !== null && entry.watched?.path !== socket) {
      entry.watched?.closing.abort();
      entry.watched = { path: socket, closing: new AbortController() };
      void this.#watch(entry, entry.watched);
    }
    this.#options.onChange();
  }

  async #watch(entry: Entry, { path, closing }: NonNullable<Entry["watched"]>): Promise<void> {
    for (let looks = 0; !closing.signal.aborted; looks += 1) {
      await this.#watchOnce(entry, path, closing.signal);
      if (entry.isReady) {
        looks = 0;
        entry.isReady = false;
        this.#options.log.error(
          { releaseId: entry.wanted.releaseId },
          "the process of a model ended and gets replaced",
        );
        this.#options.onChange();
      }
      // a model that cannot be loaded is looked for as long as it is wanted
      await sleep(Math.min(500, 50 + 2 * looks), closing.signal);
    }
  }

  /** Resolves when the connection is over. */
  #watchOnce(entry: Entry, path: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const socket = createConnection(path);
      // who watches is told no tensors; the process is somebody's code
      const reader = new FrameReader<FromProcess>(0);
      socket.on("connect", () => {
        for (const part of encodeFrame({ type: "watch" })) socket.write(part);
      });
      socket.on("data", (chunk) => {
        try {
          for (const { message } of reader.read(chunk)) if (message.type === "hello") this.#ready(entry, path, message);
        } catch {
          socket.destroy();
        }
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        signal.removeEventListener("abort", close);
        resolve();
      });
      const close = () => socket.destroy();
      signal.addEventListener("abort", close, { once: true });
    });
  }

  #ready(entry: Entry, socket: string, { inputs, outputs }: Extract<FromProcess, { type: "hello" }>) {
    if (entry.isReady) return;
    // what a model gives may change with its process; what workers were told stays
    entry.address ??= { socket, inputs, outputs };
    entry.loadMs ??= performance.now() - entry.since;
    entry.isReady = true;
    entry.error = undefined;
    const { releaseId } = entry.wanted;
    this.#options.log.info(
      { releaseId, loadMs: Math.round(entry.loadMs) },
      "a model of Python runs in its own process",
    );
    this.#options.onChange();
  }
}
