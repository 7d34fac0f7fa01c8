import { setTimeout as delay } from "node:timers/promises";
import { type Client, counted, type PythonEnvironment } from "@pave/contract";
import { CliError, type CommandContext, exitCodes } from "../command.ts";

/** The Python environment of a revision, once it is ready; throws why it cannot be made. */
export async function makeEnvironment(
  context: Pick<CommandContext, "output" | "signal">,
  client: Client,
  { project, revision }: { readonly project: string; readonly revision: string },
): Promise<PythonEnvironment> {
  const progress = context.output.progress("Making the Python environment");
  let environment = await client.syncPython({ params: { project }, body: { revision } });
  while (environment.state === "queued" || environment.state === "building") {
    if (context.signal.aborted) {
      progress.stop();
      throw new CliError("The Python environment is being made without this terminal", {
        fix: "Look at it with another `pave sync`.",
        exitCode: exitCodes.interrupted,
      });
    }
    await delay(250);
    environment = await client.getPython({ params: { project, environment: environment.id } });
    progress.update(
      `Making the Python environment: ${environment.log.trimEnd().split("\n").at(-1) || environment.state}`,
    );
  }
  if (environment.state === "failed") {
    progress.fail("The Python environment could not be made");
    throw new CliError(environment.error ?? "The Python environment could not be made", {
      exitCode: exitCodes.failed,
    });
  }
  progress.done(
    `Python environment ready: ${counted(environment.packages.length, "package")}, ${environment.interpreter ?? ""}`,
  );
  return environment;
}
