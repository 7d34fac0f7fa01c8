/** What a folder trains with, and which packages that takes, as far as its files tell. */
export interface Training {
  /** The script or notebook, from the folder; undefined where none is there. */
  readonly file: string | undefined;
  readonly python: { readonly lock: string; readonly pinned: boolean } | undefined;
  /** What a person should know of what was found. */
  readonly notes: readonly string[];
}

/** A folder, wherever it lies. */
export interface FolderView {
  has(path: string): Promise<boolean>;
  /** Of what lies in the folder itself. */
  names(): Promise<readonly string[]>;
  /** Undefined where there is no such file. */
  read(path: string): Promise<string | undefined>;
}

export interface ScriptFound {
  /** Undefined where there is none, and where several may be meant. */
  readonly file: string | undefined;
  /** Those that may be meant, the likeliest first. */
  readonly candidates: readonly string[];
}

const usual = ["train.py", "src/train.py", "scripts/train.py", "main.py"];
const usualNotebooks = ["train.ipynb", "notebooks/train.ipynb"];

export const isTrainable = (path: string): boolean => /\.(py|ipynb)$/.test(path);

/** Looks, writes nothing. */
export async function findScript(folder: FolderView): Promise<ScriptFound> {
  for (const file of usual) if (await folder.has(file)) return found([file]);
  const names = (await folder.names()).toSorted();
  const scripts = names.filter(
    (name) => name.endsWith(".py") && !/^(setup|conftest)\.py$|^test_|_test\.py$/.test(name),
  );
  if (scripts.length > 0) return found(scripts);
  for (const file of usualNotebooks) if (await folder.has(file)) return found([file]);
  return found(names.filter((name) => name.endsWith(".ipynb")));
}

const found = (candidates: readonly string[]): ScriptFound => ({
  file: candidates.length === 1 ? candidates[0] : undefined,
  candidates,
});

export async function findPackages(folder: FolderView): Promise<Pick<Training, "python" | "notes">> {
  const hasUvLock = await folder.has("uv.lock");
  const exported = "uv export --format requirements-txt --no-emit-project -o requirements.lock";
  for (const lock of ["requirements.lock", "requirements.txt"]) {
    const text = await folder.read(lock);
    if (text === undefined) continue;
    const pinned = text.includes("--hash=");
    const note = `${lock} pins no hashes: Pave finds out which packages it means, and keeps to them. A lock: uv pip compile ${lock} --generate-hashes -o requirements.lock`;
    return { python: { lock, pinned }, notes: pinned ? [] : [note] };
  }
  if (await folder.has("pyproject.toml")) {
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
