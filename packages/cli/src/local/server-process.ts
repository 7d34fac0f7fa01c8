import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ServerReady } from "@pave/contract";
import { entryFile } from "@pave/contract/installation";
import { CliError, exitCodes } from "../command.ts";
import { dataFolder, readJson } from "../connection.ts";
import { leanEnvironment, leanNodeFlags } from "./lean-node.ts";

/** The server's entry, run as a process of its own: the terminal client imports nothing of it. */
export const serverMain = entryFile("packages/server/src/main");

export interface ServerProcess {
  readonly pid: number;
  readonly startTime: string;
}

export interface RunningServer extends ServerProcess {
  readonly url: string;
  readonly gatewayUrl: string;
  readonly version: string;
}

/** The platform of this data folder, if it runs. */
export async function findServer(): Promise<RunningServer | undefined> {
  const found = await readJson<RunningServer>(join(dataFolder(), "server.json"));
  return found && (await isSameProcess(found)) ? found : undefined;
}

/** Whoever holds the data folder: also a server that is still starting, or whose file is gone. */
export async function findHolder(): Promise<ServerProcess | undefined> {
  const found = await readJson<ServerProcess>(join(dataFolder(), "server.lock"));
  return found?.pid && (await isSameProcess(found)) ? found : undefined;
}

/** A pid alone may belong to another program by now; the start time tells. */
async function isSameProcess(server: ServerProcess): Promise<boolean> {
  try {
    process.kill(server.pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  const stat = await readFile(`/proc/${server.pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // a killed process that nobody has waited for yet does not run
  return fields[0] !== "Z" && server.startTime.endsWith(`-${fields[19]}`);
}

export interface StartFailure {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
}

/** Starts the server and resolves with its first word: ready, or why not. */
export async function startServer(options: {
  detached: boolean;
  /** Its log goes to standard error, and it ends with this process. */
  supervised?: boolean;
  signal: AbortSignal;
}): Promise<{ child: ChildProcess; ready?: ServerReady; error?: StartFailure }> {
  const log = options.supervised
    ? ["--with-parent", String(process.pid)]
    : ["--log-file", join(dataFolder(), "logs", "server.log")];
  const child = spawn(process.execPath, [...leanNodeFlags, serverMain, "up", "--json", ...log], {
    env: leanEnvironment(),
    detached: true,
    stdio: ["ignore", "pipe", options.supervised ? "inherit" : "pipe"],
  });
  const stop = () => child.kill("SIGTERM");
  options.signal.addEventListener("abort", stop, { once: true });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = (stderr + String(chunk)).slice(-4000);
  });
  const first = await new Promise<{ ready?: ServerReady; error?: StartFailure }>((resolve) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += String(chunk);
      const line = text.split("\n").find((line) => line.startsWith("{"));
      if (line && text.includes("\n")) resolve(JSON.parse(line) as { ready?: ServerReady });
    });
    // what it said last is read by then, which at its exit is not certain
    child.once("close", (code) =>
      resolve({
        error: {
          code: "server.unavailable",
          message: complaintIn(stderr) || `the server ended with code ${code}`,
          fix: options.supervised ? "Look at its log." : `Look into ${join(dataFolder(), "logs", "server.log")}.`,
        },
      }),
    );
  });
  if (options.detached) {
    options.signal.removeEventListener("abort", stop);
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.unref();
  }
  return { child, ...first };
}

/** Of a process that crashed the line with the error; what stands after it is a stack and a version. */
function complaintIn(stderr: string): string | undefined {
  const lines = stderr.trim().split("\n");
  return lines.findLast((line) => /^\w*Error\b.*: /.test(line)) ?? lines.at(-1);
}

/** Asks the server to stop and waits until it is gone; kills it after `graceMs`. */
export async function stopServer(server: ServerProcess, graceMs = 20_000): Promise<boolean> {
  process.kill(server.pid, "SIGTERM");
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline) {
    if (!(await isSameProcess(server))) return true;
    await delay(50);
  }
  process.kill(server.pid, "SIGKILL");
  return false;
}

/** Ends what a server that is gone left running, and says what that was. */
export const stopLeftovers = (): Promise<{ stopped: readonly string[] }> => askProgram("down");

/** What the server's program answers to a command that needs no running server. */
export async function askProgram<T>(command: "down" | "config"): Promise<T> {
  const child = spawn(process.execPath, [serverMain, command, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += String(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += String(chunk);
  });
  await once(child, "close");
  const answer = parseAnswer<T>(out);
  if (answer && !answer.error) return answer;
  const { message, fix } = answer?.error ?? { message: complaintIn(err) || `\`${command}\` gave no answer` };
  throw new CliError(message, { exitCode: exitCodes.failed, ...(fix ? { fix } : {}) });
}

function parseAnswer<T>(text: string): (T & { error?: StartFailure }) | undefined {
  try {
    return JSON.parse(text.trim().split("\n").at(-1) ?? "");
  } catch {
    return undefined;
  }
}
