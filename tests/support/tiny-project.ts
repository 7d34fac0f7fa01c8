import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CommandResult, RunCommand } from "./commands.ts";
import type { UsedPlatform } from "./platform.ts";

const fixtures = join(import.meta.dirname, "..", "..", "packages", "server", "src", "gateway", "fixtures");

const component = (name: string, fields: string): string =>
  `apiVersion: pave/v1\nkind: component\nname: ${name}\nversion: 1.0.0\n${fields}\nrun: { command: [sh, step.sh] }\n`;

/** A whole project whose steps are shell scripts of a line, so that a run takes a second and needs no Python. */
const tinyFiles = (name: string): Record<string, string> => ({
  "pave.yaml": `apiVersion: pave/v1
kind: project
name: ${name}
owner: platform
pipelines:
  train:
    steps:
      make:
        uses: ./steps/make
        with: { source: data/flights.csv }
      train:
        uses: ./steps/train
        inputs: { table: make.table }
        with: { depth: 6 }
      evaluate:
        uses: ./steps/evaluate
        inputs: { model: train.model, test: make.table }
models:
  ${name}: { from: train.train.model, evaluation: train.evaluate.metrics }
gates:
  - { check: "metrics.roc_auc >= 0.6", message: "agreed with operations" }
serve:
  ${name}: { model: ${name} }
`,
  "data/flights.csv": "origin,late\nORD,1\nJFK,0\n",
  "steps/make/component.yaml": component(
    "make",
    "inputs: { source: { type: dataset, format: csv, file: true } }\noutputs: { table: { type: dataset, format: csv } }",
  ),
  "steps/make/step.sh": 'printf "origin,late\\nORD,1\\nJFK,0\\n" > "$PAVE_OUTPUT/table.csv"\n',
  "steps/train/component.yaml": component(
    "train",
    "inputs: { table: { type: dataset, format: csv } }\nparams: { depth: { type: integer, default: 6, minimum: 1 } }\noutputs: { model: { type: model, format: onnx } }",
  ),
  "steps/train/step.sh": 'cp -r model "$PAVE_OUTPUT/model"\n',
  "steps/evaluate/component.yaml": component(
    "evaluate",
    "inputs: { model: { type: model }, test: { type: dataset } }\noutputs: { metrics: { type: metrics } }",
  ),
  "steps/evaluate/step.sh": 'echo \'{"roc_auc": 0.7}\' > "$PAVE_OUTPUT/metrics.json"\n',
});

/** Writes the whole project into a folder. */
export async function tinyFolder(
  folder: string,
  name: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [file, content] of Object.entries({ ...tinyFiles(name), ...changes })) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  await cp(join(fixtures, "late-1"), join(folder, "steps", "train", "model"), { recursive: true });
}

export interface TinyProject {
  readonly name: string;
  readonly folder: string;
  /** Runs `pave …` in the project's folder, as a person would: text, no progress. */
  pave(args: readonly string[], options?: RunCommand): Promise<CommandResult>;
  json<T>(args: readonly string[], options?: RunCommand): Promise<T>;
  /** Replaces a text that must be there. */
  edit(file: string, from: string, to: string): Promise<void>;
  put(file: string, content: string | Uint8Array): Promise<void>;
  remove(file: string): Promise<void>;
  /** Puts every file back as it was made. */
  reset(): Promise<void>;
}

/** Makes the folder and registers it with `pave init`. */
export async function tinyProject(
  platform: UsedPlatform,
  name: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<TinyProject> {
  const folder = join(platform.folder, "projects", name);
  const put: TinyProject["put"] = async (file, content) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  };
  const reset = async () => {
    await rm(folder, { recursive: true, force: true });
    await tinyFolder(folder, name, changes);
  };
  await reset();
  await platform.json(["init", "--yes"], { folder });
  return {
    name,
    folder,
    pave: (args, options = {}) => platform.pave([...args, "--quiet"], { folder, text: true, ...options }),
    json: (args, options = {}) => platform.json(args, { folder, ...options }),
    async edit(file, from, to) {
      const before = await readFile(join(folder, file), "utf8");
      if (!before.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`);
      await put(
        file,
        before.replace(from, () => to),
      );
    },
    put,
    remove: (file) => rm(join(folder, file), { recursive: true }),
    reset,
  };
}

export const fixture = (...path: string[]): string => join(fixtures, ...path);
