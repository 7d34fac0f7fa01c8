import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FolderView, findPackages, findScript, isTrainable, type Training } from "@pave/contract/checkout";
import { CliError } from "../command.ts";
import { exists } from "./project-folder.ts";

/** Looks, writes nothing. Where several files might be meant, says which and asks. */
export async function findTraining(folder: string, given: string | undefined): Promise<Training> {
  const view = viewOf(folder);
  const file = given === undefined ? await foundFile(view) : await givenFile(view, given);
  return { file, ...(await findPackages(view)) };
}

const viewOf = (folder: string): FolderView => ({
  has: (path) => exists(join(folder, path)),
  names: () => readdir(folder),
  read: (path) => readFile(join(folder, path), "utf8").catch(() => undefined),
});

async function givenFile(view: FolderView, given: string): Promise<string> {
  const file = given.replace(/^(\.\/)+/, "");
  if (!isTrainable(file) || file.startsWith("/") || file.split("/").includes(".."))
    throw new CliError(`--script ${given}: expected a Python script or a notebook of this folder`, {
      fix: "Name it from here, for example: --script src/train.py",
    });
  if (await view.has(file)) return file;
  throw new CliError(`--script ${given}: there is no such file`, { fix: "Correct the path." });
}

async function foundFile(view: FolderView): Promise<string | undefined> {
  const { file, candidates } = await findScript(view);
  if (file !== undefined || candidates.length === 0) return file;
  throw new CliError(`Which file trains? There are ${candidates.slice(0, 10).join(", ")}`, {
    fix: `Name it, for example: pave init --script ${candidates[0]}`,
  });
}
