import { ApiError, type Problem } from "@pave/contract";
import { BrowserError } from "./browser-error.ts";

export interface DescribedError {
  readonly title: string;
  /** What to do about it; empty where nobody knows. */
  readonly fix: string;
  /** The docs' page of just this error; null where the platform gave none. */
  readonly docs: string | null;
  /** Findings that the title does not name already. */
  readonly problems: readonly Problem[];
}

export function describeError(error: Error): DescribedError {
  if (error instanceof BrowserError)
    return { title: error.message, fix: error.fix, docs: null, problems: error.problems };
  if (!(error instanceof ApiError))
    return {
      title: "The platform does not answer",
      fix: "Nothing was changed, as far as this page knows. Try again.",
      docs: null,
      problems: [],
    };
  const { message, fix = "", docs, problems = [] } = error.body;
  // nothing is said twice: a single finding is the message already, and its fix is the fix
  const further = problems.filter((problem) => !message.includes(problem.message) && !fix.startsWith(problem.message));
  return { title: message, fix, docs: docs || null, problems: further };
}
