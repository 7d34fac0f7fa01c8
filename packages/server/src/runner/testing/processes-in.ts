import { readdir, readFile } from "node:fs/promises";

/** Pids of what an environment puts into a folder, whatever process table it sees itself. */
export async function processesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const environ = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (environ.includes(`${folder}/`)) found.push(pid);
  }
  return found;
}
