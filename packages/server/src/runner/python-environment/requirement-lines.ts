import { joinedLines, requirementProblem } from "../../kernel/python/index.ts";
import { AttemptError } from "../attempt/attempt-error.ts";

/** The lines of a requirements.txt; throws for what could make the installer take packages from elsewhere. */
export function requirementLines(text: string, path: string): readonly string[] {
  return [...joinedLines(text)].map(({ text: line, line: number }) => {
    const problem = requirementProblem(line);
    if (problem !== undefined) throw new AttemptError("environment", `${path} line ${number}: ${problem}`);
    return line;
  });
}
