import { type Client, type Plan, type PlanCalls, planCalls } from "@pave/contract";
import { CliError, type CommandContext, type Option, type Options, projectOption, text } from "../command.ts";
import { findProjectFolder, projectName } from "./project-folder.ts";

/** Shared by the commands about plans: whose plan is meant. */
export const planOptions: readonly Option[] = [
  projectOption,
  { flags: "--platform", help: "a plan of the platform itself, such as a change of an environment" },
];

/** The project whose plans are meant, or null for the platform's. Outside of every project it has to be said. */
export async function planOwner(context: CommandContext, options: Options): Promise<string | null> {
  const project = text(options.project);
  if (options.platform === true) {
    if (project !== undefined)
      throw new CliError("A plan is a project's or the platform's: --project and --platform exclude each other", {
        fix: "Leave one of them out.",
      });
    return null;
  }
  if (project === undefined && (await findProjectFolder(context.folder)) === undefined)
    throw new CliError("Whose plan? There is no pave.yaml here or in a folder above", {
      fix: "Say --platform for a plan of the platform, such as a change of an environment, or --project NAME.",
    });
  return projectName(context.folder, project);
}

/** The plan that the command line names, and the calls about it. */
export async function planOf(
  context: CommandContext,
  number: number,
  options: Options,
): Promise<{ readonly client: Client; readonly calls: PlanCalls }> {
  const project = await planOwner(context, options);
  const client = await context.client();
  return { client, calls: planCalls(client, { project, number }) };
}

/** The command line about a plan: `pave plans approve 3 --platform`. */
export const planCommand = (verb: string, { project, number }: Pick<Plan, "project" | "number">): string =>
  `pave plans ${verb} ${number}${project === null ? " --platform" : ""}`;
