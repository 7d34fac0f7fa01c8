import { readdir, readlink, realpath } from "node:fs/promises";
import { sep } from "node:path";
import { identityOf, type ProcessIdentity, sendSignal, waitForExit } from "./process-life.ts";

/**
 * Ends every process that stands in a folder or below it, such as the children of a server that was killed: they notice
 * by themselves only when they next wait for something. Gives how many there were. On Linux only; elsewhere nothing is
 * known and nothing ended.
 */
export async function endProcessesBelow(folder: string): Promise<number> {
  const found = await findProcessesBelow(folder);
  await Promise.all(found.map(end));
  return found.length;
}

async function end(found: ProcessIdentity): Promise<void> {
  if (await waitForExit(found, 30)) return;
  // What PostgreSQL itself sends to its children when one of them crashed.
  sendSignal(found.pid, "SIGQUIT");
  if (await waitForExit(found, 500)) return;
  sendSignal(found.pid, "SIGKILL");
  await waitForExit(found, 1_000);
}

async function findProcessesBelow(folder: string): Promise<readonly ProcessIdentity[]> {
  const top = await realpath(folder).catch(() => undefined);
  if (top === undefined || process.platform !== "linux") return [];
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const place = await readlink(`/proc/${pid}/cwd`).catch(() => "");
      return place === top || place.startsWith(top + sep) ? identityOf(Number(pid)) : undefined;
    }),
  );
  return found.filter((identity) => identity !== undefined);
}
