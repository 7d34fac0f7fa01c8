import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { maxYamlBytes, parseYaml } from "../../kernel/parse-yaml.ts";
import { parseRequirement } from "../../kernel/python/index.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import type { Requirements } from "../python-environment/lock-requirements.ts";

const mlModelSchema = z.object({
  flavors: z.object({
    onnx: z.unknown().optional(),
    python_function: z.object({ python_version: z.string().optional() }).optional(),
  }),
});
const pythonEnvSchema = z.object({ python: z.string().optional(), dependencies: z.array(z.string()).default([]) });
const condaSchema = z.object({
  dependencies: z.array(z.union([z.string(), z.object({ pip: z.array(z.string()).optional() })])).default([]),
});

/** Whether the gateway's own runtime runs a model folder, or a Python process does, in the environment it records. */
export async function isPythonModel(folder: string): Promise<boolean> {
  const parsed = mlModelSchema.safeParse(await yamlIn(folder, "MLmodel").catch(() => undefined));
  return parsed.success && parsed.data.flavors.onnx === undefined && parsed.data.flavors.python_function !== undefined;
}

/**
 * The environment that MLflow wrote into a model folder: packages from `requirements.txt`, else from `conda.yaml`; the
 * interpreter's minor version from `python_env.yaml`, else from `MLmodel`. Throws an AttemptError of reason
 * `environment` where it names anything but packages of the index.
 */
export async function recordedEnvironment(folder: string): Promise<Requirements> {
  const { path, lines } = await requirementsOf(folder);
  for (const line of lines) assertRequirement(path, line);
  if (lines.length === 0)
    throw new AttemptError("environment", `${path}: expected the packages that the model needs, found none`);
  return { lines, path, requires: await requiresOf(folder) };
}

async function requirementsOf(folder: string): Promise<{ path: string; lines: readonly string[] }> {
  const text = await textIn(folder, "requirements.txt").catch((error: unknown) => {
    if (error instanceof AttemptError) throw error;
    return undefined;
  });
  if (text !== undefined)
    return { path: "requirements.txt", lines: text.split("\n").map(withoutComment).filter(Boolean) };
  const conda = condaSchema.safeParse(await yamlIn(folder, "conda.yaml").catch(() => undefined));
  if (conda.success) {
    const lines = conda.data.dependencies.flatMap((item) => (typeof item === "string" ? [] : (item.pip ?? [])));
    return { path: "conda.yaml", lines };
  }
  throw new AttemptError(
    "environment",
    "the model folder records no environment: expected requirements.txt or conda.yaml, as mlflow.pyfunc.log_model writes them",
  );
}

const withoutComment = (line: string): string => line.replace(/(^|\s)#.*$/, "").trim();

function assertRequirement(path: string, line: string): void {
  const found = line.slice(0, 100);
  const requirement = line.startsWith("-") ? undefined : parseRequirement(line);
  if (requirement?.specifier != null) return;
  const hint = line.startsWith("-")
    ? "the index is set where Pave runs, not in the model"
    : "code of your own goes into the model with code_paths=[…]";
  throw new AttemptError(
    "environment",
    `${path}: expected packages of the index such as \`pandas==2.2.3\`, found \`${found}\`; ${hint}`,
  );
}

async function requiresOf(folder: string): Promise<string> {
  const recorded = pythonEnvSchema.safeParse(await yamlIn(folder, "python_env.yaml").catch(() => undefined));
  const mlModel = mlModelSchema.safeParse(await yamlIn(folder, "MLmodel").catch(() => undefined));
  const version =
    (recorded.success ? recorded.data.python : undefined) ??
    (mlModel.success ? mlModel.data.flavors.python_function?.python_version : undefined);
  const minor = /^3\.\d+/.exec(version ?? "")?.[0];
  // what was pickled by one minor version of Python need not load in another
  return minor === undefined ? ">=3.11" : `==${minor}.*`;
}

const yamlIn = async (folder: string, name: string): Promise<unknown> => parseYaml(await textIn(folder, name));

/** What is in a model folder is of whatever size its maker liked. */
async function textIn(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const { size } = await stat(path);
  if (size > maxYamlBytes)
    throw new AttemptError("environment", `${name}: expected at most ${maxYamlBytes} bytes, found ${size}`);
  return readFile(path, "utf8");
}
