/**
 * Brings releases from the config to a state in which workers may load them:
 *
 *     loading ──fetched, checked──> prepared
 *        │  ▲                          (workers load it; ready when all have)
 *        │  └── fetching failed: again, with growing pauses; told as failed after five tries
 *        └── the check found a problem: failed, for as long as the config names it
 *
 * One at a time, in the config's order. A model that passed its check on this machine is not checked again. One that
 * got a worker stuck is remembered, too.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { GatewayConfig, GatewayRelease, ModelCheck } from "@pave/contract";
import { modelCheckSchema } from "@pave/contract/gateway";
import type { Logger } from "../../kernel/logger.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { backoffMs } from "../../kernel/retry.ts";
import { sleep } from "../../kernel/time.ts";
import { checkModel } from "../check-model/check-model.ts";
import { type DataFolder, readJson, writeWhole } from "./data-folder.ts";
import { FetchFailure, keyOf, type ModelCache } from "./model-cache.ts";

export type Preparation =
  | { readonly state: "loading" }
  | {
      readonly state: "prepared";
      readonly folder: string;
      readonly check: ModelCheck;
      /** A worker was stuck or crashed in it although it passed its check. */
      readonly isUnruly: boolean;
    }
  | { readonly state: "failed"; readonly error: string };

export interface ReleasePreparerOptions {
  readonly folder: DataFolder;
  readonly cache: ModelCache;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Some release changed its state. */
  readonly onChange: () => void;
  /** Signed URLs were refused: the config should be fetched again. */
  readonly onStaleUrls: () => void;
}

interface Entry {
  readonly preparation: Preparation;
  /** Failed fetches so far. */
  readonly tries: number;
  /** `performance.now()` of the next try; infinite when there is nothing left to do. */
  readonly dueAt: number;
}

const untouched: Entry = { preparation: { state: "loading" }, tries: 0, dueAt: 0 };
const triesBeforeFailed = 5;

export class ReleasePreparer {
  readonly #options: ReleasePreparerOptions;
  readonly #entries = new Map<string, Entry>();
  #wanted: readonly GatewayRelease[] = [];
  #working: Promise<void> | undefined;

  constructor(options: ReleasePreparerOptions) {
    this.#options = options;
  }

  stateOf(releaseId: string): Preparation {
    return this.#entryOf(releaseId).preparation;
  }

  /** Takes up the releases of a new config and lets go of others. Resolves when all that is due was tried. */
  want(config: GatewayConfig): Promise<void> {
    this.#wanted = config.endpoints.flatMap(({ releases }) => releases);
    const ids = new Set(this.#wanted.map(({ releaseId }) => releaseId));
    for (const id of this.#entries.keys()) if (!ids.has(id)) this.#entries.delete(id);
    return this.#work();
  }

  /** Resolves when nothing is being fetched or checked any more, after the signal has aborted. */
  async ended(): Promise<void> {
    await this.#working?.catch(() => undefined);
  }

  /** A worker got stuck or crashed in it: from now on, on this machine, its model runs apart. */
  markUnruly(releaseId: string) {
    const release = this.#wanted.find((each) => each.releaseId === releaseId);
    const entry = this.#entryOf(releaseId);
    if (!release || entry.preparation.state !== "prepared" || entry.preparation.isUnruly) return;
    this.#options.log.warn({ releaseId }, "a worker was stuck or crashed in this model; it gets a process of its own");
    this.#entries.set(releaseId, { ...entry, preparation: { ...entry.preparation, isUnruly: true } });
    void writeWhole(this.#unrulyFile(release), "").catch(() => {});
    this.#options.onChange();
  }

  #unrulyFile({ files }: GatewayRelease): string {
    return join(this.#options.folder.checks, `${keyOf(files)}.unruly`);
  }

  #work(): Promise<void> {
    this.#working ??= this.#prepareDue().finally(() => {
      this.#working = undefined;
      void this.#workLater();
    });
    return this.#working;
  }

  async #prepareDue(): Promise<void> {
    while (!this.#options.signal.aborted) {
      const now = performance.now();
      const release = this.#wanted.find(({ releaseId }) => this.#entryOf(releaseId).dueAt <= now);
      if (!release) break;
      await this.#prepare(release);
    }
  }

  async #workLater(): Promise<void> {
    const dueAt = Math.min(...this.#wanted.map(({ releaseId }) => this.#entryOf(releaseId).dueAt));
    if (!Number.isFinite(dueAt)) return;
    await sleep(Math.max(0, dueAt - performance.now()), this.#options.signal);
    if (!this.#options.signal.aborted) void this.#work();
  }

  async #prepare(release: GatewayRelease): Promise<void> {
    const { cache, log, signal, onStaleUrls } = this.#options;
    const { releaseId, files } = release;
    try {
      const folder = await cache.materialise(files, signal);
      const check = await this.#checkOnce(release, folder);
      if (signal.aborted) return;
      if (check.ok) {
        log.info({ releaseId, loadMs: check.loadMs, p50Ms: check.p50Ms }, "release is fetched and checked");
        const isUnruly = existsSync(this.#unrulyFile(release));
        this.#set(releaseId, { state: "prepared", folder, check, isUnruly });
      } else {
        log.warn({ releaseId, problem: check.problem }, "release was refused by its check");
        this.#set(releaseId, { state: "failed", error: check.problem ?? "the model did not pass its check" });
      }
    } catch (error) {
      if (signal.aborted) return;
      const tries = this.#entryOf(releaseId).tries + 1;
      log.warn({ releaseId, tries, error: messageOf(error) }, "release could not be fetched");
      const dueAt = performance.now() + backoffMs(tries, { baseMs: 500, maxMs: 30_000 });
      this.#set(
        releaseId,
        tries < triesBeforeFailed ? { state: "loading" } : { state: "failed", error: messageOf(error) },
        tries,
        dueAt,
      );
      if (error instanceof FetchFailure && error.isRefused) onStaleUrls();
    }
  }

  #set(releaseId: string, preparation: Preparation, tries = 0, dueAt = Number.POSITIVE_INFINITY) {
    if (!this.#wanted.some((release) => release.releaseId === releaseId)) return;
    this.#entries.set(releaseId, { preparation, tries, dueAt });
    this.#options.onChange();
  }

  #entryOf(releaseId: string): Entry {
    return this.#entries.get(releaseId) ?? untouched;
  }

  async #checkOnce({ files, check: given }: GatewayRelease, folder: string): Promise<ModelCheck> {
    // one of Python: it runs nowhere but in its own environment, where it was scored
    if (given) return given;
    const record = join(this.#options.folder.checks, `${keyOf(files)}.json`);
    const known = modelCheckSchema.safeParse(await readJson(record));
    if (known.success && known.data.ok && known.data.batchMs !== undefined) return known.data;
    const {
      signal,
      folder: { compileCache },
    } = this.#options;
    const check = await checkModel(folder, { signal, compileCache });
    if (check.ok) await writeWhole(record, JSON.stringify(check));
    return check;
  }
}
