import type { AttemptReason } from "@pave/contract";

/** Ends an attempt with this reason and message; `perform-work.ts` turns it into the answer to the API. */
export class AttemptError extends Error {
  override readonly name = "AttemptError";
  readonly reason: AttemptReason;
  constructor(reason: AttemptReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}

/** The runner lets go of an attempt that goes on without it: it is stopping, or the work is another's by now. */
export class AttemptLeft extends Error {
  override readonly name = "AttemptLeft";
}
