import type { AttemptIsolation, WorkPayload } from "@pave/contract";
import type { Logger } from "../../kernel/logger.ts";
import { AttemptLeft } from "./attempt-error.ts";
import { type AttemptFolder, type AttemptState, type HeldAttempt, writeJson } from "./attempt-folder.ts";
import { AttemptLog } from "./attempt-log.ts";

export type AttemptProgress = "preparing" | "running" | "uploading";

/** One claimed piece of work while this runner looks after it. */
export class Attempt {
  readonly workId: string;
  readonly folder: AttemptFolder;
  readonly payload: WorkPayload;
  readonly log: AttemptLog;
  readonly logger: Logger;
  #progress: { state: AttemptProgress; note: string | null } = { state: "preparing", note: null };
  #tell: () => void = () => {};
  readonly #cancel = new AbortController();
  readonly #leave = new AbortController();
  #state: AttemptState;
  #isDropped = false;
  #isDelivering = false;

  constructor(held: HeldAttempt, logger: Logger) {
    this.workId = held.workId;
    this.folder = held.folder;
    this.payload = held.payload;
    this.#state = held.state;
    this.log = new AttemptLog(held.folder.log);
    this.logger = logger.child({ work: held.workId });
  }

  get fence(): number {
    return this.#state.fence;
  }
  get uid(): number | null {
    return this.#state.uid;
  }
  get startedAt(): string | null {
    return this.#state.startedAt;
  }
  get isolation(): AttemptIsolation | null {
    return this.#state.isolation ?? null;
  }
  get isDropped(): boolean {
    return this.#isDropped;
  }
  /** Aborted when the server wants the attempt to end. */
  get cancelled(): AbortSignal {
    return this.#cancel.signal;
  }
  /** Aborted when the runner stops, or the work is no longer its own. */
  get left(): AbortSignal {
    return this.#leave.signal;
  }

  get progress(): { readonly state: AttemptProgress; readonly note: string | null } {
    return this.#progress;
  }

  /** What the next heartbeat says; a new state is told soon. */
  setProgress(state: AttemptProgress, note: string | null = null): void {
    const isNew = state !== this.#progress.state;
    this.#progress = { state, note };
    if (isNew) this.#tell();
  }

  onProgress(tell: () => void): void {
    this.#tell = tell;
  }

  async update(change: Partial<AttemptState>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    await writeJson(this.folder.state, this.#state);
  }

  /** One line for the heartbeat and for the log. */
  async note(text: string): Promise<void> {
    this.setProgress(this.#progress.state, text);
    await this.log.say(text);
  }

  cancel(): void {
    this.#cancel.abort();
  }
  leave(): void {
    this.#leave.abort();
  }
  /**
   * The work is another's by now, or over. While the answer is on its way it may be over because of that very answer,
   * so then only the reply to it counts.
   */
  drop(): void {
    this.#isDropped = true;
    if (!this.#isDelivering) this.#leave.abort();
  }
  deliver(): void {
    this.#isDelivering = true;
  }

  throwIfLeft(): void {
    if (this.#leave.signal.aborted) throw new AttemptLeft("the runner let go of this attempt");
  }
}
