import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connectionUrl } from "../../../packages/server/src/db/connection.ts";
import { startEmbeddedPostgres } from "../../../packages/server/src/drivers/postgres/index.ts";
import { silentLogger } from "../../../packages/server/src/kernel/logger.ts";
import { eventually } from "../../../tests/support/eventually.ts";
import { freePorts } from "../../../tests/support/free-ports.ts";
import { treeOf } from "../../harness/process-tree.ts";
import type { TrackingServer } from "./server.ts";

export type MlflowStore = "sqlite" | "postgres";

/**
 * Stock `mlflow server` with its default workers: on the SQLite file that it takes by itself, or as its docs set up a
 * server for a team, on the PostgreSQL that Pave has, the same binary with the same settings.
 */
export async function startMlflow(python: string, store: MlflowStore): Promise<TrackingServer> {
  const folder = await mkdtemp(join(tmpdir(), "pave-bench-mlflow-"));
  await chmod(folder, 0o755);
  const [port = 0, databasePort = 0] = await freePorts(2);
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const postgres = store === "postgres" ? await startDatabase(join(folder, "database"), databasePort) : undefined;
    if (postgres) ends.push(() => postgres.stop());
    const backend = postgres
      ? ["--backend-store-uri", connectionUrl(postgres.connection).replace("postgres:", "postgresql+psycopg2:")]
      : [];
    await mkdir(join(folder, "server"));
    const child = spawn(python, ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port), ...backend], {
      cwd: join(folder, "server"),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH ?? "", HOME: folder, MLFLOW_DISABLE_TELEMETRY: "true" },
    });
    const logFile = join(folder, "server.log");
    const log = createWriteStream(logFile);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const pid = child.pid ?? 0;
    ends.push(() => endTree(pid));
    const url = `http://127.0.0.1:${port}`;
    const said = async () => (await readFile(logFile, "utf8").catch(() => "")).slice(-2000);
    const isStarted = (text: string) => text.split("Application startup complete").length > 4;
    await eventually(
      "MLflow's server, with all its workers",
      () => readFile(logFile, "utf8"),
      (text) => child.exitCode !== null || isStarted(text),
      600_000,
    );
    if (child.exitCode !== null) throw new Error(`mlflow server ended with ${child.exitCode}: ${await said()}`);
    return {
      name: store === "sqlite" ? "MLflow SQLite" : "MLflow PostgreSQL",
      about: `mlflow ${await versionOf(python)} server, 4 workers, ${postgres ? `PostgreSQL ${postgres.version} with Pave's settings` : "SQLite"}`,
      url,
      headers: {},
      // uvicorn kills workers that do not answer it within 5 s, as on a busy machine, with all that they were asked
      retries: 20,
      environment: {},
      pids: () => treeOf(pid),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const startDatabase = (dataFolder: string, port: number) =>
  startEmbeddedPostgres({ dataFolder, transport: { kind: "loopback", port }, log: silentLogger });

/** It leaves processes of its own groups behind when only its first one is ended. */
async function endTree(pid: number): Promise<void> {
  const pids = await treeOf(pid);
  const signal = (name: NodeJS.Signals) => {
    for (const one of pids) {
      try {
        process.kill(one, name);
      } catch {
        // it has ended
      }
    }
  };
  signal("SIGTERM");
  await delay(500);
  signal("SIGKILL");
  // whoever was started meanwhile, by a parent that has ended since, is still in its group
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // none is left
  }
}

async function versionOf(python: string): Promise<string> {
  const child = spawn(python, ["-c", "import importlib.metadata as m; print(m.version('mlflow'))"]);
  let text = "";
  for await (const chunk of child.stdout) text += String(chunk);
  return text.trim();
}
