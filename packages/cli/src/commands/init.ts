import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { nameFrom, specAround } from "@pave/contract/checkout";
import { CliError, type Command, type CommandContext, type Options, text } from "../command.ts";
import { checkName } from "../local/check-name.ts";
import { confirm } from "../local/confirm.ts";
import { findTraining } from "../local/find-training.ts";
import { exists, projectName } from "../local/project-folder.ts";
import { readSpec } from "../local/read-spec.ts";
import { colors } from "../output.ts";

export const init: Command = {
  name: "init",
  summary: "make a project of the folder you are in: a pave.yaml around its training script, nothing else is touched",
  arguments: [{ name: "[name]", help: "name of the project (default: that of pave.yaml, else of the folder)" }],
  options: [
    { flags: "--script <file>", help: "what trains: a Python script or a notebook (default: the one that is found)" },
    { flags: "--name <name>", help: "the same as the argument" },
    { flags: "--owner <team>", help: "owning team (default: yours, else platform)" },
    { flags: "-y, --yes", help: "do not ask" },
    { flags: "--dry-run", help: "show what would be written" },
  ],
  examples: ["pave init", "pave init churn --script src/fit.py --owner growth --yes"],
  async run(context, [argument], options) {
    const path = join(context.folder, "pave.yaml");
    const isThere = await exists(path);
    if (isThere) refuseToChange(path, options);
    const given = argument ?? text(options.name);
    const found = given ?? (isThere ? await projectName(context.folder, undefined) : nameOf(context.folder));
    const name = checkName(found, "pave init");
    if (given && isThere && given !== (await projectName(context.folder, undefined)))
      throw new CliError(`${path} names another project than ${given}`, {
        fix: "Leave the name out, or correct `name` in pave.yaml.",
      });
    const owner = isThere ? await ownerIn(path) : text(options.owner);
    const training = isThere ? undefined : await findTraining(context.folder, text(options.script));
    const preview = training && specAround(name, owner ?? (await defaultOwner(context, options)), training);
    context.output.note(
      [
        `${colors.bold("This will create")} project ${name}`,
        isThere ? `  ${path} stays as it is` : `  ${colors.green("+")} ${path}`,
        ...indented(preview),
        ...(training?.notes ?? []).map((note) => `  ${colors.yellow("!")} ${note}`),
      ].join("\n"),
    );
    if (options.dryRun === true)
      return {
        data: { name, files: isThere ? [] : ["pave.yaml"], ...(preview ? { content: preview } : {}) },
        text: "",
      };
    await confirm(options.yes === true, context.output.isTerminal);
    const project = await (await context.client()).createProject({ body: { name, ...(owner ? { owner } : {}) } });
    if (training) await writeFile(path, specAround(name, project.owner, training), { flag: "wx" });
    const next =
      isThere || training?.file !== undefined ? "pave run" : "describe your steps in pave.yaml, then pave validate";
    return {
      data: { project, folder: context.folder, script: training?.file ?? null },
      text: `${colors.green("✔")} ${name} is a project\n  Next: ${next}`,
    };
  },
};

/** Also where no platform answers it can be shown what would be written. */
async function defaultOwner(context: CommandContext, options: Options): Promise<string> {
  try {
    return (await (await context.client()).session()).owner;
  } catch (error) {
    if (options.dryRun === true) return "platform";
    throw error;
  }
}

/** A file that is there is the user's: the project is made of it as it stands, or not at all. */
function refuseToChange(path: string, options: Options): void {
  const asked = ["script", "owner"].filter((name) => options[name] !== undefined);
  if (asked.length > 0)
    throw new CliError(`${path} exists, and init changes no file: --${asked[0]} would have to be written into it`, {
      fix: `Edit pave.yaml, or leave --${asked[0]} out to make a project of it as it is.`,
    });
}

const indented = (preview: string | undefined): string[] =>
  preview === undefined
    ? []
    : preview
        .trimEnd()
        .split("\n")
        .map((line) => colors.dim(`      ${line}`));

function nameOf(folder: string): string {
  const name = nameFrom(basename(folder));
  if (name) return name;
  throw new CliError(`${folder}: no project name can be made of the folder's`, { fix: "Name it: pave init NAME" });
}

/** Read loosely: the server checks the file itself. */
async function ownerIn(path: string): Promise<string | undefined> {
  return /^owner:\s*"?([a-z][a-z0-9-]*)"?\s*$/m.exec(await readSpec(path))?.[1];
}
