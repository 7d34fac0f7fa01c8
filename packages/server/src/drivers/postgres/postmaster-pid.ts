import { execFile } from "node:child_process";
import { readFile, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { identityOf, type ProcessIdentity } from "../process/process-life.ts";

const run = promisify(execFile);

/** What a running server writes into `postmaster.pid` of its data folder. */
export interface PostmasterFile {
  readonly pid: number;
  readonly startedAtSeconds: number;
  readonly port: number;
  /** Empty when it listens on no socket. */
  readonly socketFolder: string;
  /** `ready` once it accepts connections. */
  readonly status: string;
}

function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const [pid = "", , started = "", port = "", socketFolder = "", , , status = ""] = text
    .split("\n")
    .map((line) => line.trim());
  if (!/^\d+$/.test(pid)) return undefined;
  return { pid: Number(pid), startedAtSeconds: Number(started), port: Number(port), socketFolder, status };
}

export async function readPostmasterFile(dataFolder: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(dataFolder, "postmaster.pid"), "utf8").catch(() => "");
  return parsePostmasterFile(text);
}

/** The process that the file names, or undefined when that pid is gone or belongs to somebody else by now. */
export async function findPostmaster(dataFolder: string, file: PostmasterFile): Promise<ProcessIdentity | undefined> {
  const identity = await identityOf(file.pid);
  if (identity === undefined) return undefined;
  const isOurs =
    process.platform === "linux" ? await standsIn(file.pid, dataFolder) : await wasStartedOn(file.pid, dataFolder);
  return isOurs ? identity : undefined;
}

/** A server stands in its data folder. Where we may not look, the process is not ours either. */
async function standsIn(pid: number, dataFolder: string): Promise<boolean> {
  const place = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return place === (await realpath(dataFolder));
}

async function wasStartedOn(pid: number, dataFolder: string): Promise<boolean> {
  const { stdout } = await run("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return stdout.includes(`postgres -D ${dataFolder} `);
}
