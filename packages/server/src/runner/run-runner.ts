/*
 * The runner: claims leased work from the API, runs it, answers. It has no authority of its own: a token that leases
 * work, signed URLs for files, and for each step the token of its run.
 *
 * What was claimed is on disk before anything is done about it, steps run under supervisors that outlive the runner,
 * and an answer stays on disk until the API accepted it. So a runner can be killed at any point: the next one on the
 * same folder finds what is there, tells the API that it holds it, and goes on.
 */
import { availableParallelism } from "node:os";
import type { ClaimedWork, Isolation } from "@pave/contract";
import type { Logger } from "../kernel/logger.ts";
import { messageOf } from "../kernel/pave-error.ts";
import { backoffMs } from "../kernel/retry.ts";
import { sleep } from "../kernel/time.ts";
import type { Attempt } from "./attempt/attempt.ts";
import { AttemptBook } from "./attempt-book.ts";
import { runnerBounds } from "./bounds.ts";
import { removeOldKeptForEver } from "./kept-attempts.ts";
import { openHost } from "./open-host.ts";
import type { SourceBuilds } from "./python-environment/build-environment.ts";
import { ModelHost } from "./python-model/model-host.ts";

export interface RunnerOptions {
  /** Origin of the API, such as `http://127.0.0.1:4700`; steps get it too. */
  readonly apiUrl: string;
  readonly token: string;
  readonly dataFolder: string;
  /** How much work at once; the machine's processors when absent. */
  readonly capacity?: number;
  readonly isolation?: Isolation | "auto";
  /** What one step may take of the disk; 50 GiB when absent. */
  readonly stepDiskBytes?: number;
  /** The interpreter to prefer. */
  readonly python?: string;
  /** The folder with components/, python/, packages/ and node_modules/. */
  readonly builtinsFolder: string;
  /** The environment that Pave was started in: PATH, and what package installers need of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `pip` where uv is not wanted. */
  readonly installer?: "uv" | "pip";
  /** Whether packages without a wheel are built from source; `auto` (where that shows no secret) when absent. */
  readonly sourceBuilds?: SourceBuilds;
  readonly heartbeatMs?: number;
  /** Between two looks at what failed attempts left. */
  readonly pruneMs?: number;
  readonly log: Logger;
  /** Ends the runner; steps go on and are adopted by the next one. */
  readonly signal: AbortSignal;
}

/** Runs until `signal` aborts. Rejects only when it cannot start. */
export async function runRunner(options: RunnerOptions): Promise<void> {
  const { signal, log } = options;
  const host = await openHost(options);
  const capacity = Math.min(64, options.capacity ?? availableParallelism());
  const runner = new Runner(new AttemptBook(host), capacity, log, signal);
  const { missing } = runnerBounds(host.isolation, host.groups);
  if (missing.length > 0) log.warn({ missing }, "not everything that bounds steps can be had on this machine");
  log.info({ isolation: host.isolation.kind, capacity, folder: host.root }, "the runner is ready");
  await runner.book.adopt();
  const models = new ModelHost(host);
  await models.start(options.dataFolder);
  await Promise.all([
    runner.claimForEver(),
    runner.beatForEver(options.heartbeatMs ?? 5_000),
    removeOldKeptForEver(host, options.pruneMs ?? 600_000, signal),
  ]);
  await Promise.all([runner.book.leave(), models.leave()]);
  await host.close();
}

class Runner {
  readonly book: AttemptBook;
  readonly #capacity: number;
  readonly #log: Logger;
  readonly #signal: AbortSignal;
  /** Looked at while the first work is done already: trying every interpreter takes a moment. */
  #pythons: string[] | undefined;

  constructor(book: AttemptBook, capacity: number, log: Logger, signal: AbortSignal) {
    this.book = book;
    this.#capacity = capacity;
    this.#log = log;
    this.#signal = signal;
    book.host.interpreters.versions().then(
      (versions) => {
        this.#pythons = versions;
      },
      (error) => log.warn({ error: messageOf(error) }, "the interpreters could not be looked at"),
    );
  }

  /** One claim is always waiting at the API, also when there is no room: by it a cancel comes at once. */
  async claimForEver(): Promise<void> {
    let tries = 0;
    while (!this.#signal.aborted) {
      const room = Math.max(0, this.#capacity - this.book.size);
      const freed = AbortSignal.any([this.#signal, this.book.nextFreed()]);
      try {
        const isNews = await this.#claim(room, room > 0 ? this.#signal : freed);
        // A cancel is repeated, without waiting, until the step has come to its end.
        if (!isNews) await sleep(1_000, freed);
        tries = 0;
      } catch (error) {
        if (this.#signal.aborted) return;
        if (error instanceof Error && error.name === "AbortError") continue;
        tries += 1;
        this.#log.warn({ error: messageOf(error) }, "claiming work failed, trying again");
        await sleep(backoffMs(tries, { maxMs: 5_000 }), this.#signal);
      }
    }
  }

  /** False when the answer came at once and said only what is known. */
  async #claim(capacity: number, signal: AbortSignal): Promise<boolean> {
    const { host } = this.book;
    const holding = this.book.held().map(({ workId, fence }) => ({ workId, fence }));
    const claim = {
      runnerId: host.runnerId,
      isolation: host.isolation.kind,
      bounds: runnerBounds(host.isolation, host.groups),
      cpus: availableParallelism(),
      ...(this.#pythons ? { pythons: this.#pythons } : {}),
      holding,
      capacity,
      waitSeconds: 20,
    };
    const { work, dropped, cancel } = await host.api.claimWork({ body: claim }, { signal });
    const isKnown = cancel.length > 0 && cancel.every((workId) => this.book.get(workId)?.cancelled.aborted);
    for (const workId of dropped) this.book.get(workId)?.drop();
    for (const workId of cancel) this.book.get(workId)?.cancel();
    await Promise.all(work.map((item) => this.#accept(item)));
    return work.length > 0 || dropped.length > 0 || !isKnown;
  }

  async #accept(work: ClaimedWork): Promise<void> {
    const attempt = this.book.get(work.workId);
    if (attempt && !attempt.isDropped) return attempt.update({ fence: work.fence });
    await this.book.add(work);
  }

  async beatForEver(pauseMs: number): Promise<void> {
    while (!this.#signal.aborted) {
      await sleep(pauseMs, AbortSignal.any([this.#signal, this.book.nextProgress()]));
      if (this.#signal.aborted || this.book.held().length === 0) continue;
      try {
        await this.#beat();
      } catch (error) {
        if (!this.#signal.aborted) this.#log.warn({ error: messageOf(error) }, "a heartbeat was not answered");
      }
    }
  }

  async #beat(): Promise<void> {
    const { host } = this.book;
    const items = this.book.held().map(heartbeatOf);
    const answer = await host.api.heartbeatWork({ body: { runnerId: host.runnerId, items } }, { signal: this.#signal });
    for (const { workId, verdict } of answer.items) {
      const attempt = this.book.get(workId);
      if (verdict === "cancel") attempt?.cancel();
      if (verdict === "lost") attempt?.drop();
    }
  }
}

const heartbeatOf = (attempt: Attempt) => ({
  workId: attempt.workId,
  fence: attempt.fence,
  startedAt: attempt.startedAt,
  ...attempt.progress,
  isolation: attempt.startedAt === null ? null : attempt.isolation,
});
