/** Tells that one of our supervisors ended, so that nobody has to look often. Only a hint: files say what happened. */
export class ChildExits {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  get count(): number {
    return this.#count;
  }

  tell(): void {
    this.#count += 1;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next exit, or at once when there was one since `seen`; also on abort and after `timeoutMs`. */
  async waitPast(seen: number, timeoutMs: number, signals: readonly AbortSignal[]): Promise<void> {
    if (this.#count !== seen || signals.some((signal) => signal.aborted)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        for (const signal of signals) signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
      for (const signal of signals) signal.addEventListener("abort", done, { once: true });
    });
  }
}
