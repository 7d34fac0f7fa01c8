import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Config, describeConfig, readConfig } from "./config.ts";
import { prepareDataFolder, withDataFolder } from "./drivers/disk/data-folder.ts";
import { createLogger } from "./kernel/logger.ts";
import { isPaveError, messageOf } from "./kernel/pave-error.ts";

/**
 * The server's entry: `up` runs the embedded platform, `serve --role …` one role, `down` ends what a server that is gone
 * left running, `config` prints the settings, `backup-job` makes, checks and restores backups. It is started by the terminal client; `--json` makes it talk to that in
 * lines of JSON.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    role: { type: "string" },
    json: { type: "boolean", default: false },
    "log-file": { type: "string" },
    /** Ends with this process, which started it. */
    "with-parent": { type: "string" },
    /** A gateway that is told over its control socket where the api is. */
    "connects-later": { type: "boolean", default: false },
  },
});

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());

if (values["with-parent"]) endWithParent(Number(values["with-parent"]));

try {
  await main(positionals[0]);
} catch (error) {
  const shown = isPaveError(error)
    ? { code: error.code, message: error.message, fix: error.fix, problems: error.problems }
    : { code: "server.internal", message: messageOf(error), fix: undefined };
  if (values.json) process.stdout.write(`${JSON.stringify({ error: shown })}\n`);
  else process.stderr.write(`pave: ${shown.message}\n${shown.fix ? `  ${shown.fix}\n` : ""}`);
  if (!isPaveError(error) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
// Nothing that is still open may keep a stopped server alive.
setTimeout(() => process.exit(), 3_000).unref();

async function main(command: string | undefined): Promise<void> {
  if (command === "config") {
    process.stdout.write(`${JSON.stringify(describeConfig())}\n`);
    return;
  }
  const config = readConfig();
  await withDataFolder(config.dataFolder, () => run(command, config));
}

async function run(command: string | undefined, config: Config): Promise<void> {
  if (command !== "down") await prepareDataFolder(config.dataFolder);
  // compiled code is kept: a start takes half the time and each process some 25 MB less
  enableCompileCache(join(config.dataFolder, "compile-cache"));
  const log = createLogger({ level: config.logLevel, ...(values["log-file"] ? { file: values["log-file"] } : {}) });
  if (command === "up") {
    const { up } = await import("./roles/up.ts");
    await up(config, {
      log,
      signal: stopping.signal,
      onReady: (ready) => process.stdout.write(`${JSON.stringify({ ready })}\n`),
    });
    return;
  }
  if (command === "down") {
    const { down } = await import("./roles/down.ts");
    process.stdout.write(`${JSON.stringify(await down(config.dataFolder))}\n`);
    return;
  }
  if (command === "backup-job") {
    const { doJob, readJob } = await import("./roles/backup-job.ts");
    const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
    const result = await doJob(await readJob(), config, {
      log,
      signal: stopping.signal,
      onProgress: (text, done, total) => say({ progress: { text, done, total } }),
    });
    say({ result });
    return;
  }
  if (command === "serve") {
    const { serve } = await import("./roles/serve.ts");
    await serve(values.role, config, { log, signal: stopping.signal, connectsLater: values["connects-later"] });
    return;
  }
  throw new Error(`Unknown command ${command ?? "(none)"}: expected up, down, serve or config`);
}

/**
 * A killed server cannot stop its children; an orphan would go on beside the next server's. The parent is named by
 * itself: it may be gone before its child has read who that is.
 */
function endWithParent(parent: number): void {
  const look = () => {
    if (process.ppid !== parent) stopping.abort();
  };
  look();
  setInterval(look, 500).unref();
}
