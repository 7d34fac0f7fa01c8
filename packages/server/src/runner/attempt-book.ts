import { mkdir } from "node:fs/promises";
import type { ClaimedWork } from "@pave/contract";
import { messageOf } from "../kernel/pave-error.ts";
import { Attempt } from "./attempt/attempt.ts";
import {
  type AttemptState,
  attemptFolder,
  type HeldAttempt,
  isWorkId,
  listAttempts,
  readJson,
  writeJson,
} from "./attempt/attempt-folder.ts";
import { removeFolder } from "./attempt/janitor.ts";
import type { Host } from "./host.ts";
import { emptyAnswer } from "./perform-work.ts";
import { runAttempt } from "./run-attempt.ts";

/** The attempts that this runner looks after. */
export class AttemptBook {
  readonly host: Host;
  readonly #attempts = new Map<string, Attempt>();
  readonly #tasks = new Map<string, Promise<void>>();
  #freed = new AbortController();
  #progressed = new AbortController();

  constructor(host: Host) {
    this.host = host;
  }

  get size(): number {
    return this.#attempts.size;
  }
  get = (workId: string): Attempt | undefined => this.#attempts.get(workId);
  /** Those that are this runner's to finish; one that was dropped is only being stopped. */
  held = (): Attempt[] => [...this.#attempts.values()].filter((attempt) => !attempt.isDropped);

  /** Aborts when the next attempt is over. */
  nextFreed(): AbortSignal {
    return this.#freed.signal;
  }

  /** Aborts when the next attempt reaches a new state. */
  nextProgress(): AbortSignal {
    return this.#progressed.signal;
  }

  /** Goes on with what an earlier runner left. */
  async adopt(): Promise<void> {
    const { held, broken } = await listAttempts(this.host.root);
    for (const folder of broken) await removeFolder(this.host, folder.path).catch(() => undefined);
    for (const item of held) {
      this.host.log.info({ work: item.workId }, "adopting an attempt");
      this.#start(new Attempt(item, this.host.log));
    }
  }

  /** Writes down what was claimed, then begins with it. What cannot even be written down ends here. */
  async add(work: ClaimedWork): Promise<void> {
    // Work that came back may still be cleaned up after; that must not hold up what came with it.
    const before = this.#tasks.get(work.workId);
    if (before) return void before.then(() => this.add(work));
    try {
      this.#start(new Attempt(await this.#write(work), this.host.log));
    } catch (error) {
      this.host.log.error({ work: work.workId, error: messageOf(error) }, "claimed work could not be begun");
      const message = `the runner could not begin it: ${messageOf(error)}`;
      const body = {
        ...emptyAnswer(null),
        outcome: "failed" as const,
        reason: "infra" as const,
        message,
        fence: work.fence,
      };
      await this.host.api.finishWork({ params: { work: work.workId }, body }).catch(() => undefined);
    }
  }

  async #write(work: ClaimedWork): Promise<HeldAttempt> {
    const { workId, fence, payload } = work;
    if (!isWorkId(workId)) throw new Error(`${JSON.stringify(workId)}: expected a work id`);
    const folder = attemptFolder(this.host.root, workId);
    await mkdir(folder.path, { recursive: true, mode: 0o700 });
    // An earlier claim of the same work may have begun here; what it started goes on under its user.
    const earlier = await readJson<AttemptState>(folder.state);
    const uid = earlier ? earlier.uid : await this.host.isolation.reserveUid(folder.path);
    const state = { ...earlier, fence, uid, startedAt: earlier?.startedAt ?? null };
    await writeJson(folder.state, state);
    await writeJson(folder.work, payload);
    return { workId, folder, state, payload };
  }

  /** Lets go of all of them; what runs goes on. */
  async leave(): Promise<void> {
    for (const attempt of this.#attempts.values()) attempt.leave();
    await Promise.all(this.#tasks.values());
  }

  #start(attempt: Attempt): void {
    const { workId } = attempt;
    this.#attempts.set(workId, attempt);
    attempt.onProgress(() => {
      this.#progressed.abort();
      this.#progressed = new AbortController();
    });
    const task = runAttempt(this.host, attempt, () => this.#remove(workId))
      .catch((error: unknown) => attempt.logger.error({ error: messageOf(error) }, "an attempt was given up"))
      .finally(() => {
        this.#remove(workId);
        this.#tasks.delete(workId);
      });
    this.#tasks.set(workId, task);
  }

  #remove(workId: string): void {
    if (!this.#attempts.delete(workId)) return;
    this.#freed.abort();
    this.#freed = new AbortController();
  }
}
