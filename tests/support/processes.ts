import { readdir, readFile, readlink } from "node:fs/promises";
import { processStartTime } from "../../packages/server/src/drivers/process/process-life.ts";
import { reachableRoot } from "../../packages/server/src/drivers/process/reachable.ts";
import type { TestPlatform } from "./platform.ts";

/** Live processes that belong to a platform, by their command, environment or working folder. */
export async function processesOf(
  platform: Pick<TestPlatform, "folder" | "home">,
): Promise<{ pid: number; command: string }[]> {
  const marks = [platform.folder, await reachableRoot(platform.home)];
  const found: { pid: number; command: string }[] = [];
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !(await isAlive(pid))) continue;
    const command = (await read(`/proc/${pid}/cmdline`)).replaceAll("\0", " ").trim();
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    const text = [command, await read(`/proc/${pid}/environ`), folder].join("\n");
    if (marks.some((mark) => text.includes(mark))) found.push({ pid, command });
  }
  return found;
}

/** Also while its first thread has ended and others have not: it still holds its ports, sockets and locks then. */
export const isAlive = async (pid: number): Promise<boolean> => (await processStartTime(pid)) !== undefined;

const read = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
