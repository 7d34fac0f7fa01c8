import type { Problem } from "@pave/contract";

/** What went wrong on this side of the API, or was found by an answer that is no error: told as errors of the API are. */
export class BrowserError extends Error {
  readonly fix: string;
  readonly problems: readonly Problem[];
  constructor(message: string, { fix = "", problems = [] }: { fix?: string; problems?: readonly Problem[] } = {}) {
    super(message);
    this.fix = fix;
    this.problems = problems;
  }
}
