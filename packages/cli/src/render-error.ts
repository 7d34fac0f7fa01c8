import { ApiError, type Problem } from "@pave/contract";
import { CliError, exitCodes } from "./command.ts";
import { colors } from "./output.ts";
import { plain, plainText } from "./plain-text.ts";

export interface RenderedError {
  readonly text: string;
  readonly body: {
    readonly message: string;
    readonly code?: string;
    readonly fix?: string | undefined;
    readonly problems?: readonly Problem[] | undefined;
  };
  readonly exitCode: number;
}

/** The one place where an error becomes words and an exit code. */
export function renderError(error: unknown): RenderedError {
  if (error instanceof ApiError) {
    const { message, fix, problems = [] } = plain(error.body);
    return {
      text: errorText(inWords(message), problems.map(problemInWords), fix),
      body: error.body,
      exitCode: exitCodeOf(error),
    };
  }
  if (error instanceof CliError) {
    const { message, fix, problems, exitCode } = error;
    return {
      text: errorText(message, problems, fix),
      body: { message, ...(fix ? { fix } : {}), ...(problems.length > 0 ? { problems } : {}) },
      exitCode,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { text: plainText(message), body: { message }, exitCode: exitCodes.failed };
}

/** `body.name: …` is where a program put it; a person typed a name. */
const inWords = (message: string): string => message.replace(/^(body|path|query)\.(?=\w+: )/, "");
const problemInWords = (problem: Problem): Problem => ({
  ...problem,
  path: problem.path?.replace(/^(body|path|query)\./, ""),
});

const mostProblems = 20;

/** Nothing is said twice: a single finding is the message already, and its fix is the fix. */
function errorText(message: string, problems: readonly Problem[], fix: string | undefined): string {
  const further = problems.filter(
    (problem) => !message.includes(problem.message) && !(fix ?? "").startsWith(problem.message),
  );
  const more = further.length - mostProblems;
  return [
    message,
    ...further.slice(0, mostProblems).map(problemLine),
    more > 0 ? colors.dim(`  … and ${more} more`) : "",
    fix ? colors.dim(`  ${fix}`) : "",
  ]
    .filter(Boolean)
    .join("\n");
}

function exitCodeOf({ status, code }: ApiError): number {
  if (status === 401 || status === 403) return exitCodes.denied;
  if (status >= 500) return exitCodes.unreachable;
  return code === "gate.blocked" ? exitCodes.failed : exitCodes.usage;
}

/** `pave.yaml:12:5  unknown key …` and what to do, as compilers print it. */
export function problemLine(problem: Problem): string {
  const place = [problem.path, problem.line, problem.column].filter((part) => part !== undefined).join(":");
  return `  ${place ? `${colors.bold(place)}  ` : ""}${problem.message}${problem.fix ? `\n      ${colors.dim(problem.fix)}` : ""}`;
}
