import type { Problem } from "@pave/contract";
import { PaveError } from "../../kernel/pave-error.ts";

/** One error for all that `checkProject` found: its message is the first finding with its place. */
export function specInvalid(problems: readonly Problem[]): PaveError {
  const [first] = problems;
  const place =
    first?.path === undefined
      ? "pave.yaml"
      : `${first.path}${first.line === undefined ? "" : `:${first.line}:${first.column ?? 1}`}`;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new PaveError("spec.invalid", `${place}: ${first?.message ?? "is not valid"}${more}`, {
    ...(first?.fix === undefined ? {} : { fix: first.fix }),
    problems,
  });
}
