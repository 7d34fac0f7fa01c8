import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CliError } from "../command.ts";
import { environment } from "../environment.ts";
import { checkName } from "./check-name.ts";
import { nameIn, readSpec } from "./read-spec.ts";

/** The nearest folder with a `pave.yaml`, here or above. */
export async function findProjectFolder(from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    if (await exists(join(folder, "pave.yaml"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

export async function projectFolder(from: string): Promise<string> {
  const folder = await findProjectFolder(from);
  if (!folder)
    throw new CliError("There is no pave.yaml here or in a folder above", {
      fix: "Go into a project's folder, or start one with `pave new NAME`.",
    });
  return folder;
}

/** The project named by the option, by PAVE_PROJECT, or by the `pave.yaml` of this folder. The server checks the file itself. */
export async function projectName(from: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return checkName(given, "--project");
  const { PAVE_PROJECT } = environment();
  if (PAVE_PROJECT) return checkName(PAVE_PROJECT, "PAVE_PROJECT");
  const path = join(await projectFolder(from), "pave.yaml");
  const name = nameIn(await readSpec(path));
  if (name !== undefined) return checkName(name, path);
  throw new CliError(`${path} has no readable \`name\``, {
    fix: "Write `name: …` into it, or name the project with --project.",
  });
}

/** The same where it may be that none is named. */
export async function projectNameIfAny(from: string, given: string | undefined): Promise<string | undefined> {
  const isNamed = given !== undefined || environment().PAVE_PROJECT || (await findProjectFolder(from)) !== undefined;
  return isNamed ? projectName(from, given) : undefined;
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
