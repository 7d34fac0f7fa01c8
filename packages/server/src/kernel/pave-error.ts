import { type ErrorCode, errorStatus, type Problem } from "@pave/contract/errors";

export interface PaveErrorOptions {
  /** What to do about it, one sentence. */
  readonly fix?: string;
  /** Single findings, when there are several. */
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** The only error that modules throw on purpose. HTTP, CLI and the runner each render it in one place. */
export class PaveError extends Error {
  override readonly name = "PaveError";
  readonly code: ErrorCode;
  readonly fix: string | undefined;
  readonly problems: readonly Problem[] | undefined;

  constructor(code: ErrorCode, message: string, options: PaveErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fix = options.fix;
    this.problems = options.problems;
  }

  get status(): number {
    return errorStatus[this.code];
  }
}

/** Structural, so that an error from a second copy of this module still counts. */
export function isPaveError(error: unknown): error is PaveError {
  return error instanceof Error && error.name === "PaveError" && "code" in error;
}

/** For invariants that only a bug can break. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`Broken invariant: ${what} is missing`);
  return value;
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
