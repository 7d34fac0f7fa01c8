import { createHash } from "node:crypto";
import { once } from "node:events";
import { link, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { randomText } from "../../kernel/ids.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { identityOf, isAlive, type ProcessIdentity } from "./process-life.ts";

export interface DataFolderLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only Pave on a data folder. The lock is a file with pid and start time, so one that a killed
 * process left behind does not count. On Linux a name in the kernel comes first, which ends with its process: of several
 * that find a stale file, only one gets to look at it. Neither sees processes in other containers or on other machines.
 */
export async function lockDataFolder(dataFolder: string): Promise<DataFolderLock> {
  const path = join(dataFolder, "server.lock");
  const name = await takeName(await realpath(dataFolder));
  if (name === undefined) {
    await refuseIfAlive(await readFile(path, "utf8").catch(() => ""), dataFolder);
    throw inUse(dataFolder, "another Pave is starting on this data folder");
  }
  try {
    return await lockFile(path, dataFolder, name);
  } catch (error) {
    await name.release();
    throw error;
  }
}

async function lockFile(path: string, dataFolder: string, name: DataFolderLock): Promise<DataFolderLock> {
  const self = await identityOf(process.pid);
  const text = JSON.stringify(self);
  const draft = `${path}.${process.pid}.${randomText(6)}`;
  await writeFile(draft, text, { mode: 0o644 });
  try {
    while (!(await linkIfFree(draft, path))) await removeStale(path, dataFolder);
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      if ((await readFile(path, "utf8").catch(() => "")) === text) await rm(path, { force: true });
      await name.release();
    },
  };
}

/** A socket in Linux's abstract namespace; undefined where another process has it. Elsewhere there is only the file. */
async function takeName(folder: string): Promise<DataFolderLock | undefined> {
  if (process.platform !== "linux") return { release: async () => undefined };
  const server = createServer((socket) => socket.destroy());
  server.unref();
  server.listen(`\0pave-${createHash("sha256").update(folder).digest("hex")}`);
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Throws when the holder is alive. Moves the file aside before removing it, so that a fresh lock is never removed. */
async function removeStale(path: string, dataFolder: string): Promise<void> {
  const found = await readFile(path, "utf8").catch(() => undefined);
  if (found === undefined) return;
  await refuseIfAlive(found, dataFolder);
  const aside = `${path}.stale.${randomText(6)}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await readFile(aside, "utf8").catch(() => found);
  try {
    if (moved !== found) {
      await linkIfFree(aside, path);
      await refuseIfAlive(moved, dataFolder);
    }
  } finally {
    await rm(aside, { force: true });
  }
}

async function refuseIfAlive(text: string, dataFolder: string): Promise<void> {
  const holder = parseHolder(text);
  if (holder === undefined || !(await isAlive(holder))) return;
  throw inUse(dataFolder, `another Pave (process ${holder.pid}) already uses this data folder`);
}

const inUse = (dataFolder: string, found: string): PaveError =>
  new PaveError("database.data_folder_in_use", `${dataFolder}: ${found}`, {
    fix: "Stop it with `pave down`, or choose another data folder",
  });

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const { pid, startTime } = JSON.parse(text) as Partial<ProcessIdentity>;
    return typeof pid === "number" && typeof startTime === "string" ? { pid, startTime } : undefined;
  } catch {
    return undefined;
  }
}

async function linkIfFree(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
