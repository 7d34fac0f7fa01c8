import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../command.ts";
import { exists } from "./project-folder.ts";

/** What a folder trains with, and which packages that takes, as far as its files tell. */
export interface Training {
  /** The script or notebook, from the folder; undefined where none is there. */
  readonly file: string | undefined;
  readonly python: { readonly lock: string; readonly pinned: boolean } | undefined;
  /** What a person should know of what was found. */
  readonly notes: readonly string[];
}

const usual = ["train.py", "src/train.py", "scripts/train.py", "main.py"];
const usualNotebooks = ["train.ipynb", "notebooks/train.ipynb"];

/** Looks, writes nothing. Where several files might be meant, says which and asks. */
export async function findTraining(folder: string, given: string | undefined): Promise<Training> {
  const file = given === undefined ? await findFile(folder) : await givenFile(folder, given);
  return { file, ...(await findPackages(folder)) };
}

async function givenFile(folder: string, given: string): Promise<string> {
  const file = given.replace(/^(\.\/)+/, "");
  if (!/\.(py|ipynb)$/.test(file) || file.startsWith("/") || file.split("/").includes(".."))
    throw new CliError(`--script ${given}: expected a Python script or a notebook of this folder`, {
      fix: "Name it from here, for example: --script src/train.py",
    });
  if (await exists(join(folder, file))) return file;
  throw new CliError(`--script ${given}: there is no such file`, { fix: "Correct the path." });
}

async function findFile(folder: string): Promise<string | undefined> {
  for (const file of usual) if (await exists(join(folder, file))) return file;
  const names = (await readdir(folder)).sort();
  const scripts = names.filter(
    (name) => name.endsWith(".py") && !/^(setup|conftest)\.py$|^test_|_test\.py$/.test(name),
  );
  if (scripts.length > 0) return theOne(scripts);
  for (const file of usualNotebooks) if (await exists(join(folder, file))) return file;
  const notebooks = names.filter((name) => name.endsWith(".ipynb"));
  return notebooks.length > 0 ? theOne(notebooks) : undefined;
}

function theOne(files: readonly string[]): string {
  const [only, ...others] = files;
  if (only !== undefined && others.length === 0) return only;
  throw new CliError(`Which file trains? There are ${files.slice(0, 10).join(", ")}`, {
    fix: `Name it, for example: pave init --script ${files[0]}`,
  });
}

async function findPackages(folder: string): Promise<Pick<Training, "python" | "notes">> {
  const hasUvLock = await exists(join(folder, "uv.lock"));
  const exported = "uv export --format requirements-txt --no-emit-project -o requirements.lock";
  for (const lock of ["requirements.lock", "requirements.txt"]) {
    const text = await readFile(join(folder, lock), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const pinned = text.includes("--hash=");
    const note = `${lock} pins no hashes: Pave finds out which packages it means, and keeps to them. A lock: uv pip compile ${lock} --generate-hashes -o requirements.lock`;
    return { python: { lock, pinned }, notes: pinned ? [] : [note] };
  }
  if (await exists(join(folder, "pyproject.toml"))) {
    const note = hasUvLock
      ? `uv.lock is not read. To run with what it pins: ${exported}, then \`python: { lock: requirements.lock }\``
      : "Packages are those that pyproject.toml declares; Pave finds out which versions these are, and keeps to them";
    return { python: { lock: "pyproject.toml", pinned: false }, notes: [note] };
  }
  return {
    python: undefined,
    notes: ["There is no requirements.txt and no pyproject.toml: steps have Python's own library only"],
  };
}

/** A pave.yaml around it: as little as it takes to run it. */
export function specAround(name: string, owner: string, { file, python }: Training): string {
  const head = `apiVersion: pave/v1\nkind: project\nname: ${name}\nowner: ${owner}\n`;
  const packages = python
    ? `\npython: { requires: ">=3.11", lock: ${python.lock}${python.pinned ? "" : ", pinned: false"} }\n`
    : "";
  if (file === undefined)
    return `${head}${packages}
# The steps of a pipeline, for example:
# pipelines:
#   train:
#     steps:
#       ingest: { uses: pave/ingest-table@1, with: { source: data/table.csv } }
`;
  const quoted = /^[\w./-]+$/.test(file) ? file : JSON.stringify(file);
  const step = file.endsWith(".ipynb")
    ? `{ uses: pave/run-notebook@1, with: { notebook: ${quoted} } }`
    : `{ uses: pave/run-script@1, with: { script: ${quoted} } }`;
  return `${head}${packages}
# It runs as it is; what it logs by MLflow belongs to the run, what it registers are versions of this project's models.
pipelines:
  train:
    steps:
      train: ${step}
`;
}
