/*
 * Folders below /var/lib/pave, each the reachable part of one closed data folder of root. The name comes from the path of
 * the data folder; a random mark in both says that they still belong together:
 *   data folder removed and made anew   the old root is set aside, never deleted: a disk may just not be mounted
 *   data folder moved                   its root is found by the mark and renamed
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomText } from "../../kernel/ids.ts";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { endProcessesBelow } from "./end-processes-below.ts";

const sharedRoot = "/var/lib/pave";

/** In the data folder: the mark. */
const markFile = "reachable-root";
/** In the root: path and mark of the data folder that it belongs to. */
const ownerFile = "data-folder";

export async function openSharedRoot(folder: string): Promise<string> {
  const root = rootOf(folder);
  try {
    await makeRootFolder(sharedRoot);
    const mark = await readMark(folder);
    await setAsideIfOrphaned(root, mark);
    if (mark !== undefined) await followMove(root, mark);
    await makeRootFolder(root);
    await writeFile(join(root, ownerFile), `${folder}\n${mark ?? (await makeMark(folder))}\n`);
  } catch (cause) {
    throw new PaveError(
      "database.start_failed",
      `${folder}: other users cannot get through to this data folder, and ${root} cannot take its place: ${messageOf(cause)}`,
      { fix: "Choose a data folder below folders with mode 755, or run Pave as an ordinary user", cause },
    );
  }
  return root;
}

export const removeSharedRoot = (folder: string): Promise<void> =>
  rm(rootOf(folder), { recursive: true, force: true, maxRetries: 5 });

const rootOf = (folder: string): string =>
  join(sharedRoot, createHash("sha256").update(folder).digest("hex").slice(0, 12));

const readMark = async (folder: string): Promise<string | undefined> =>
  (await readFile(join(folder, markFile), "utf8").catch(() => "")) || undefined;

async function makeMark(folder: string): Promise<string> {
  const path = join(folder, markFile);
  // Another process may make it at the same time; the first one counts.
  await writeFile(path, randomText(16), { flag: "wx" }).catch(() => undefined);
  return readFile(path, "utf8");
}

async function readOwner(root: string): Promise<{ folder: string; mark: string } | undefined> {
  const [folder, mark] = (await readFile(join(root, ownerFile), "utf8").catch(() => "")).split("\n");
  return folder && mark ? { folder, mark } : undefined;
}

async function setAsideIfOrphaned(root: string, mark: string | undefined): Promise<void> {
  const owner = await readOwner(root);
  if (owner === undefined || owner.mark === mark) return;
  await move(root, `${root}.orphaned-${owner.mark.slice(0, 6)}`);
}

async function followMove(root: string, mark: string): Promise<void> {
  if (await readOwner(root)) return;
  for (const name of await readdir(sharedRoot)) {
    const found = join(sharedRoot, name);
    const owner = await readOwner(found);
    // A copy of the data folder gets a root of its own.
    if (owner?.mark === mark && (await readMark(owner.folder)) !== mark) return move(found, root);
  }
}

/** Ends what still runs there from before. */
async function move(from: string, to: string): Promise<void> {
  await endProcessesBelow(from);
  await rename(from, to);
}

async function makeRootFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { uid, mode } = await stat(folder);
  if (uid !== 0 || (mode & 0o022) !== 0) {
    throw new Error(
      `expected a folder of root that nobody else can write, found uid ${uid}, mode ${(mode & 0o777).toString(8)}`,
    );
  }
  if ((mode & 0o055) !== 0o055) await chmod(folder, 0o755);
}
