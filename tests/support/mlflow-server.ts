import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free-ports.ts";

export interface MlflowServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** MLflow's own server on SQLite, of the Python of `pythonClient`, with one worker. */
export async function startMlflowServer(python: string): Promise<MlflowServer> {
  const folder = await mkdtemp(join(tmpdir(), "pave-mlflow-server-"));
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const place = [
    "--backend-store-uri",
    `sqlite:///${folder}/mlflow.db`,
    "--default-artifact-root",
    join(folder, "root"),
  ];
  const child = spawn(
    python,
    ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1", ...place],
    {
      cwd: folder,
      detached: true,
      stdio: "ignore",
      env: { PATH: `${dirname(python)}:${process.env.PATH ?? ""}`, HOME: folder, MLFLOW_DISABLE_TELEMETRY: "true" },
    },
  );
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    // its workers are its children
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually(
      "MLflow's server answers",
      async () => (await fetch(`${url}/health`)).text(),
      (text) => text === "OK",
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}
