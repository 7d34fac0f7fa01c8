/*
 * Where processes of other users may reach files. When Pave runs as root, PostgreSQL and steps run as other users, and
 * those cannot walk through a folder such as /root (0700), whatever the rights of the files in it.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { randomText } from "../../kernel/ids.ts";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { copyReachable } from "./copy-reachable.ts";
import { isRoot } from "./process-life.ts";
import { openSharedRoot, removeSharedRoot } from "./shared-root.ts";

/**
 * The folder for what processes of other users must reach: the data folder itself, or for root one below /var/lib/pave
 * that belongs to the data folder. Idempotent; makes the folder.
 */
export async function reachableRoot(dataFolder: string): Promise<string> {
  await makeDataFolder(dataFolder);
  const folder = await realpath(dataFolder);
  return !isRoot() || (await isTraversable(folder)) ? folder : openSharedRoot(folder);
}

/** Removes what {@link reachableRoot} made outside of the data folder. */
export async function removeReachableRoot(dataFolder: string): Promise<void> {
  if (isRoot()) await removeSharedRoot(await realpath(dataFolder).catch(() => dataFolder));
}

async function makeDataFolder(dataFolder: string): Promise<void> {
  try {
    await mkdir(dataFolder, { recursive: true });
  } catch (cause) {
    const reason = `${dataFolder}: the data folder cannot be made: ${messageOf(cause)}`;
    throw new PaveError("database.start_failed", reason, { fix: "Choose a folder that you may write", cause });
  }
}

/**
 * A path where the users that root starts processes as can read `source`: itself if they already can, otherwise a copy
 * below `<root>/runtime`, made once and whole or not at all. A folder counts as unchanged while its own modification time and its package.json do.
 */
export async function reachablePath(root: string, name: string, source: string): Promise<string> {
  const original = await realpath(source);
  if (!isRoot() || (await isReadableByAll(original))) return original;
  return copyOnce(root, name, original);
}

/** The copying half of {@link reachablePath}; `finish` may complete the copy before others see it. */
export async function copyOnce(
  root: string,
  name: string,
  source: string,
  finish?: (copy: string) => Promise<unknown>,
): Promise<string> {
  const target = join(root, "runtime", `${name}-${await keyOf(source)}`);
  if (await exists(target)) return target;
  const draft = `${target}.${process.pid}.${randomText(6)}`;
  await mkdir(dirname(target), { recursive: true });
  await chmod(dirname(target), 0o755);
  try {
    await copyReachable(source, draft);
    await finish?.(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process may have put the same copy there first.
    if (!(await exists(target))) throw error;
  }
  return target;
}

/** Whether every folder on the way, and the folder itself, lets other users through. */
export async function isTraversable(folder: string): Promise<boolean> {
  for (let current = resolve(folder); ; current = dirname(current)) {
    const { mode } = await stat(current);
    if ((mode & 0o001) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

async function isReadableByAll(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  return (
    (mode & 0o004) !== 0 && (await isTraversable(dirname(path))) && (!(await isFolder(path)) || (mode & 0o001) !== 0)
  );
}

async function keyOf(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  const manifest = await readFile(join(path, "package.json"), "utf8").catch(() => "");
  return createHash("sha256")
    .update(JSON.stringify([path, mtimeMs, size, manifest]))
    .digest("hex")
    .slice(0, 12);
}

const isFolder = async (path: string): Promise<boolean> => (await stat(path)).isDirectory();

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
