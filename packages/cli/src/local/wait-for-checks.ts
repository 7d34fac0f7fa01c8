import { setTimeout as delay } from "node:timers/promises";
import { type Client, parseModelReference } from "@pave/contract";
import { CliError, type CommandContext, exitCodes } from "../command.ts";

/**
 * What a client has just registered is loaded and scored before it can be released: waits for that. What came of it, and
 * names that mean nothing, the plan tells.
 */
export async function waitForChecks(
  client: Client,
  { output, signal }: Pick<CommandContext, "output" | "signal">,
  { project, models }: { readonly project: string; readonly models: readonly string[] },
): Promise<void> {
  for (const text of models) {
    const reference = parseModelReference(text);
    if (!reference) continue;
    const { model, version } = reference;
    const stateOf = async () => {
      const params = { project, model, version };
      return (await client.getModelVersion({ params }).catch(() => undefined))?.serving.state;
    };
    if ((await stateOf()) !== "running") continue;
    const progress = output.progress(`A runner loads and scores ${model} ${version}`);
    while ((await stateOf()) === "running") {
      if (signal.aborted) {
        progress.stop();
        throw new CliError(`${model} ${version} is being checked without this terminal`, {
          fix: `Look with \`pave models show ${model}@${version}\`, and deploy it then.`,
          exitCode: exitCodes.interrupted,
        });
      }
      await delay(500);
    }
    progress.done(`${model} ${version} was checked`);
  }
}
