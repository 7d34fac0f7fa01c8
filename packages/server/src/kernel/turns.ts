/**
 * Turns for many, by name: so many at once, never two of the same name, in the order they were given. A name that is
 * given another turn while it has one gets it afterwards; of several that wait, the last counts.
 */
export class Turns {
  readonly #most: number;
  readonly #waiting = new Map<string, () => Promise<void>>();
  readonly #running = new Map<string, Promise<void>>();
  #isStopped = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** `take` must not reject. Does nothing once all is stopped. */
  give(name: string, take: () => Promise<void>): void {
    if (this.#isStopped) return;
    this.#waiting.set(name, take);
    this.#start();
  }

  /** Resolves when every turn that was given has ended. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** For good: forgets the turns that wait; resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.clear();
    await this.idle();
  }

  #start(): void {
    for (const [name, take] of this.#waiting) {
      if (this.#running.size >= this.#most) return;
      if (this.#running.has(name)) continue;
      this.#waiting.delete(name);
      const turn = take().finally(() => {
        this.#running.delete(name);
        this.#start();
      });
      this.#running.set(name, turn);
    }
  }
}
