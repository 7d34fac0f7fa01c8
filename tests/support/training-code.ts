import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * What the training code of a project answers by itself, without ONNX and without a server: it is trained again on the
 * same rows, which gives the same model, and asked about other rows as it reads them from Parquet.
 */
export async function askTrainingCode(
  project: string,
  given: { readonly train: string; readonly rows: string; readonly params: Readonly<Record<string, unknown>> },
): Promise<readonly number[]> {
  return JSON.parse(await runPython(project, ["-c", program], JSON.stringify(given))) as number[];
}

const program = `
import json, sys
from pathlib import Path
sys.path.insert(0, "steps/train")
from classifier import fit, positive_probability
from table import read_table
given = json.load(sys.stdin)
params = given["params"]
def read(path):
    return read_table(Path(path), params["target"], params["positive"], params["exclude"])
table, rows = read(given["train"]), read(given["rows"])
names = [feature.name for feature in table.features]
print(json.dumps(positive_probability(fit(table, params), rows.x[names]).tolist()))
`;

/** Runs the training step of a project as a run does, in the environment that `pave sync` made. */
export async function runTraining(
  project: string,
  given: { readonly train: string; readonly params: Readonly<Record<string, unknown>>; readonly output: string },
): Promise<{ readonly said: string; readonly model: string }> {
  const request = join(given.output, "input.json");
  await writeFile(request, JSON.stringify({ inputs: { train: { path: given.train } }, params: given.params }));
  const environment = { PAVE_INPUT: request, PAVE_OUTPUT: given.output };
  const said = await runPython(project, [join("steps", "train", "train.py")], "", environment);
  return { said, model: join(given.output, "model") };
}

function runPython(
  project: string,
  args: readonly string[],
  input: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(join(project, ".venv", "bin", "python"), args, {
    cwd: project,
    env: { ...process.env, ...environment },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += String(chunk);
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`python ended with ${code}\n${stderr}`));
    });
  });
}
