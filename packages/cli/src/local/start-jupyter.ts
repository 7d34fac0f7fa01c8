import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CliError, exitCodes } from "../command.ts";
import { environment } from "../environment.ts";

export interface JupyterOptions {
  /** The Python environment. */
  readonly python: string;
  readonly module: "jupyterlab" | "notebook";
  /** Where it begins: notebooks are opened from here. */
  readonly folder: string;
  /** Reaches the server and its kernels by their environment alone: nothing is written to a file. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Jupyter {
  readonly url: string;
  /** Resolves when it has ended, by itself or because it was told to. */
  readonly ended: Promise<void>;
  stop(): void;
}

const startsWithinMs = 120_000;

/** Starts Jupyter on a free port of this machine alone, with a token of its own. */
export async function startJupyter(options: JupyterOptions, signal: AbortSignal): Promise<Jupyter> {
  const port = await freePort();
  const token = randomBytes(24).toString("hex");
  const bin = join(options.python, "bin");
  // a kernel has the notebook's own token, and not one that may do everything
  const { PATH = "", PAVE_TOKEN: _, ...inherited } = environment();
  const flags = ["--no-browser", "--ServerApp.ip=127.0.0.1", `--ServerApp.port=${port}`, "--ServerApp.port_retries=0"];
  // root in a container is who works there
  if (process.getuid?.() === 0) flags.push("--allow-root");
  const child = spawn(join(bin, "python"), ["-m", options.module, ...flags, `--ServerApp.root_dir=${options.folder}`], {
    cwd: options.folder,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...inherited,
      ...options.variables,
      PATH: `${bin}:${PATH}`,
      VIRTUAL_ENV: options.python,
      JUPYTER_TOKEN: token,
    },
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = `${said}${String(chunk)}`.slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await answers(`http://127.0.0.1:${port}/api`, child, signal).catch((error: unknown) => {
    child.kill();
    const last = said.trim().split("\n").at(-1);
    throw error instanceof CliError && last
      ? new CliError(`${error.message}: ${last}`, { exitCode: error.exitCode })
      : error;
  });
  const page = options.module === "notebook" ? "tree" : "lab";
  return { url: `http://127.0.0.1:${port}/${page}?token=${token}`, ended, stop: () => void child.kill("SIGTERM") };
}

async function answers(url: string, child: ChildProcess, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + startsWithinMs;
  while (!signal.aborted) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new CliError("Jupyter ended before it was ready", { exitCode: exitCodes.failed });
    const isUp = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    if (performance.now() > deadline)
      throw new CliError(`Jupyter did not answer within ${startsWithinMs / 1000} s`, { exitCode: exitCodes.failed });
    await delay(100);
  }
  throw new CliError("Interrupted before Jupyter was ready", { exitCode: exitCodes.interrupted });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
