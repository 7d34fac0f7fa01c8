import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free-ports.ts";

const execute = promisify(execFile);
const scripts = join(import.meta.dirname, "..", "clients", "mlflow");

/** A stock `mlflow server` on SQLite, which passes artifacts on from a folder of its own. */
export interface MlflowServer {
  readonly url: string;
  readonly database: string;
  readonly artifacts: string;
  start(): Promise<void>;
  /** As a machine that goes away: nothing of it is asked to end. */
  kill(): Promise<void>;
}

const quiet = {
  MLFLOW_DISABLE_TELEMETRY: "true",
  MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE: "true",
  // else eight more processes start beside it, for jobs that nobody asks for
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
};

export async function createMlflowServer(options: {
  readonly python: string;
  readonly folder: string;
  readonly args?: readonly string[];
}): Promise<MlflowServer> {
  const { python, folder, args = [] } = options;
  const [port = 0] = await freePorts(1);
  const database = `sqlite:///${join(folder, "mlflow.sqlite")}`;
  const artifacts = join(folder, "artifacts");
  await mkdir(artifacts, { recursive: true });
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  return {
    url,
    database,
    artifacts,
    async start() {
      const place = ["--host", "127.0.0.1", "--port", String(port), "--workers", "1"];
      const store = ["--backend-store-uri", database, "--artifacts-destination", artifacts];
      // a group of its own: the server is a process below the command
      child = spawn(python, ["-m", "mlflow", "server", ...place, ...store, ...args], {
        cwd: folder,
        detached: true,
        stdio: "ignore",
        env: { PATH: process.env.PATH ?? "", HOME: folder, ...quiet },
      });
      await eventually(
        `mlflow server at ${url}`,
        async () => (await fetch(`${url}/health`)).status,
        (status) => status === 200,
        180_000,
      );
    },
    async kill() {
      const running = child;
      if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const ended = new Promise((resolve) => running.once("exit", resolve));
      process.kill(-running.pid, "SIGKILL");
      await ended;
    },
  };
}

/** Runs one of the scripts in `tests/clients/mlflow`, and gives what its last line says as JSON. */
export async function playScript<T>(
  python: string,
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  const { stdout } = await execute(python, [join(scripts, script), ...args], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/", ...quiet, ...environment },
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null") as T;
}
