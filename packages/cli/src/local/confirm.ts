import { createInterface } from "node:readline/promises";
import { CliError, exitCodes } from "../command.ts";

const words = {
  create: { ask: "Create it? [Y/n] ", nothing: "Nothing was created" },
  remove: { ask: "Remove it? [y/N] ", nothing: "Nothing was removed" },
  plan: { ask: "Plan it? [Y/n] ", nothing: "Nothing was planned" },
} as const;

/** Asks before something is created or planned; where nobody can be asked, `--yes` has to be said. */
export async function confirm(yes: boolean, isTerminal: boolean, verb: keyof typeof words = "create"): Promise<void> {
  if (yes) return;
  const { ask, nothing } = words[verb];
  if (!isTerminal)
    throw new CliError(`${nothing}: there is nobody to ask`, {
      fix: `Say --yes to ${verb} it, or --dry-run to only look.`,
    });
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(ask);
  lines.close();
  if (!(verb === "remove" ? /^(y|yes)$/i : /^(y|yes|)$/i).test(answer.trim()))
    throw new CliError(nothing, { exitCode: exitCodes.interrupted });
}
