import { dirname, join } from "node:path";
import type { Host } from "../host.ts";

interface ModelPython {
  readonly path: string;
  readonly interpreter: string;
}

/** The scripts that run a model in its own environment, beside those of supervisors. */
const workerScripts = (host: Host): string => join(dirname(host.scripts), "pave_worker");

/** `main.py` of the Python worker, run by a model's own interpreter. */
export const workerCommand = (host: Host, python: ModelPython, args: readonly string[]): string[] => [
  python.interpreter,
  "-I",
  join(workerScripts(host), "main.py"),
  ...args,
];

/** What it sees of the machine beside the model. */
export const workerVisible = (host: Host, python: ModelPython): string[] => [
  workerScripts(host),
  python.path,
  ...host.interpreters.prefixes(),
];

/** One thread for arithmetic, as the gateway's own runtime: models of other releases want processors too. */
export const workerEnvironment = (python: ModelPython, step: string): Record<string, string> => ({
  LANG: "C.UTF-8",
  LC_ALL: "C.UTF-8",
  TZ: "UTC",
  PATH: `${join(python.path, "bin")}:/usr/bin:/bin`,
  VIRTUAL_ENV: python.path,
  HOME: join(step, "home"),
  TMPDIR: join(step, "tmp"),
  USER: "model",
  LOGNAME: "model",
  PYTHONUNBUFFERED: "1",
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  LOKY_MAX_CPU_COUNT: "1",
  MLFLOW_DISABLE_TELEMETRY: "true",
  MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
});
