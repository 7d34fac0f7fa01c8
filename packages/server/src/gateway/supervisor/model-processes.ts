/**
 * The processes of releases that do not share the workers, one each:
 *
 *     starting ──says hello──> ready ──ends──> starting, at once or with growing pauses while it keeps ending
 *        └── never became ready in three starts, or ended five times soon after its start: failed, and goes on trying
 *
 * Once a release was ready its address stays: workers hold what came meanwhile and hand it to the successor. A release
 * that is not wanted any more keeps its process until no worker is connected to it.
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { AttemptIsolation, ModelCheck } from "@pave/contract";
import type { Logger } from "../../kernel/logger.ts";
import { backoffMs } from "../../kernel/retry.ts";
import type { ModelProcessAddress } from "../runtime/process-runtime.ts";
import { ModelProcess } from "./model-process.ts";
import { memoryLimit } from "./placement.ts";

export interface ApartRelease {
  readonly releaseId: string;
  readonly folder: string;
  readonly check: ModelCheck;
}

export interface ModelProcessesOptions {
  /** Its folder holds the sockets. */
  readonly controlSocket: string;
  readonly compileCache: string;
  readonly log: Logger;
  /** Some release became ready, or is not any more. */
  readonly onChange: () => void;
}

interface Entry {
  readonly release: ApartRelease;
  process: ModelProcess | undefined;
  /** Of the last process that was ready. */
  address: ModelProcessAddress | undefined;
  loadMs: number | undefined;
  quickEnds: number;
  lastEnd: string | undefined;
  timer: NodeJS.Timeout | undefined;
}

export interface ProcessState {
  readonly isReady: boolean;
  readonly error?: string;
  readonly loadMs?: number;
  /** Which bounds hold, where a runner keeps it apart. */
  readonly isolation?: AttemptIsolation;
}

export class ModelProcesses {
  readonly #options: ModelProcessesOptions;
  readonly #entries = new Map<string, Entry>();
  /** Draining ones too. */
  readonly #processes = new Set<ModelProcess>();
  #onLastExit: (() => void) | undefined;

  constructor(options: ModelProcessesOptions) {
    this.#options = options;
  }

  /** Starts what is missing and lets go of everything else. */
  want(releases: readonly ApartRelease[]) {
    const wanted = new Set(releases.map(({ releaseId }) => releaseId));
    for (const [releaseId, entry] of this.#entries) {
      if (wanted.has(releaseId)) continue;
      this.#entries.delete(releaseId);
      clearTimeout(entry.timer);
      entry.process?.drain();
    }
    for (const release of releases) {
      if (this.#entries.has(release.releaseId)) continue;
      const entry: Entry = {
        release,
        process: undefined,
        address: undefined,
        loadMs: undefined,
        quickEnds: 0,
        lastEnd: undefined,
        timer: undefined,
      };
      this.#entries.set(release.releaseId, entry);
      this.#start(entry);
    }
  }

  /** Where workers reach it; undefined before it was ready for the first time. */
  addressOf(releaseId: string): ModelProcessAddress | undefined {
    return this.#entries.get(releaseId)?.address;
  }

  stateOf(releaseId: string): ProcessState {
    const entry = this.#entries.get(releaseId);
    if (entry?.process?.isReady)
      return { isReady: true, ...(entry.loadMs === undefined ? {} : { loadMs: entry.loadMs }) };
    const isFailed = entry !== undefined && entry.quickEnds >= (entry.address ? 5 : 3);
    return isFailed ? { isReady: false, error: `the model's own process ${entry.lastEnd}` } : { isReady: false };
  }

  status() {
    return [...this.#entries.values()].map(({ release, process }) => ({
      releaseId: release.releaseId,
      pid: process?.pid,
      isReady: process?.isReady ?? false,
    }));
  }

  /** Called when no worker is left. */
  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      this.#onLastExit = resolve;
      if (this.#processes.size === 0) resolve();
    });
    this.want([]);
    const killing = setTimeout(() => {
      for (const process of this.#processes) process.kill("the gateway stops");
    }, 500);
    await gone;
    clearTimeout(killing);
  }

  #start(entry: Entry) {
    const { releaseId, folder, check } = entry.release;
    const { compileCache, controlSocket, log, onChange } = this.#options;
    const name = createHash("sha256").update(`${controlSocket} ${releaseId}`).digest("hex").slice(0, 12);
    const process = new ModelProcess({
      folder,
      socket: join(dirname(controlSocket), `${name}.model`),
      memoryBytes: memoryLimit(check),
      // loading and scoring the reference rows took at most this long when it was alone
      startMs: 20_000 + 10 * (check.loadMs ?? 0) + 2 * check.rows * (check.p50Ms ?? 0),
      compileCache,
      onReady: (address) => {
        entry.address = address;
        entry.loadMs = performance.now() - process.startedAt;
        log.info({ releaseId, pid: process.pid, loadMs: Math.round(entry.loadMs) }, "a model runs in its own process");
        onChange();
      },
      onExit: (why) => this.#exited(entry, process, why),
    });
    entry.process = process;
    this.#processes.add(process);
  }

  #exited(entry: Entry, process: ModelProcess, why: string) {
    if (!this.#processes.delete(process)) return;
    if (this.#processes.size === 0) this.#onLastExit?.();
    const { releaseId } = entry.release;
    if (process.isDraining || this.#entries.get(releaseId) !== entry) return;
    const livedMs = performance.now() - process.startedAt;
    entry.process = undefined;
    entry.lastEnd = why;
    entry.quickEnds = process.isReady && livedMs > 5000 ? 0 : entry.quickEnds + 1;
    const delayMs = entry.quickEnds <= 1 ? 0 : backoffMs(entry.quickEnds - 1, { baseMs: 200, maxMs: 30_000 });
    this.#options.log.error(
      { releaseId, pid: process.pid, livedMs: Math.round(livedMs) },
      `the process of a model ${why} and gets replaced`,
    );
    this.#options.onChange();
    entry.timer = setTimeout(() => this.#start(entry), delayMs);
  }
}
