import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { sleep } from "../../kernel/time.ts";

const run = promisify(execFile);

/** A process as something that can be told from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * When the process started, as opaque text that differs for every process that ever had this pid on this machine
 * (boot id and clock ticks on Linux). Undefined when it is gone; a zombie counts as gone.
 */
export async function processStartTime(pid: number): Promise<string | undefined> {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform !== "linux") return startTimeFromPs(pid);
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return undefined;
  // The second field is the command in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const ticks = fields[19];
  if (state === "X" || ticks === undefined) return undefined;
  if (state === "Z" && !(await hasThreads(pid))) return undefined;
  return `${await bootId()}-${ticks}`;
}

/** A process whose first thread has ended looks like a zombie, and holds its ports and files until the others have too. */
async function hasThreads(pid: number): Promise<boolean> {
  return (await readdir(`/proc/${pid}/task`).catch(() => [])).length > 1;
}

export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const startTime = await processStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

export async function isAlive(process: ProcessIdentity): Promise<boolean> {
  return (await processStartTime(process.pid)) === process.startTime;
}

/**
 * Ends a process: `signal` (SIGTERM unless said), then SIGKILL after `graceMs`. Resolves when it is gone. Gives true
 * when it went by itself. With `startTime` a recycled pid is left alone.
 */
export async function stopProcess(
  pid: number,
  options: { graceMs: number; signal?: NodeJS.Signals; startTime?: string },
): Promise<boolean> {
  const startTime = await processStartTime(pid);
  if (startTime === undefined || (options.startTime !== undefined && options.startTime !== startTime)) return true;
  const target = { pid, startTime };
  sendSignal(pid, options.signal ?? "SIGTERM");
  if (await waitForExit(target, options.graceMs)) return true;
  sendSignal(pid, "SIGKILL");
  await waitForExit(target, 5_000);
  return false;
}

/** Gives false when the process is still there after `timeoutMs`. Works for processes that are not our children. */
export async function waitForExit(process: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(50, pauseMs * 2)) {
    if (!(await isAlive(process))) return true;
    if (Date.now() >= deadline) return false;
    await sleep(pauseMs);
  }
}

/** Gives false when the process is gone or not ours. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

let cachedBootId: Promise<string> | undefined;

function bootId(): Promise<string> {
  cachedBootId ??= readFile("/proc/sys/kernel/random/boot_id", "utf8").then(
    (text) => text.slice(0, 8),
    () => "boot",
  );
  return cachedBootId;
}

async function startTimeFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run("ps", ["-o", "stat=,lstart=", "-p", String(pid)]);
    const [state = "", ...started] = stdout.trim().split(/\s+/);
    return state === "" || state.startsWith("Z") ? undefined : started.join("_");
  } catch {
    return undefined;
  }
}
