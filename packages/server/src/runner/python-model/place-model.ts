import { createHash } from "node:crypto";
import { chmod, constants, copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join, relative } from "node:path";
import { isClosedFolder, makeClosedFolder } from "../../drivers/process/closed-folder.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import type { Host } from "../host.ts";

/** A copy that the model's process can read and nobody but us can change. Only plain files are taken. */
export async function copyModel(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const target = join(to, relative(from, path));
    if (entry.isDirectory()) await mkdir(target, { recursive: true });
    if (entry.isDirectory()) await chmod(target, 0o755);
    if (!entry.isFile()) continue;
    await mkdir(join(target, ".."), { recursive: true });
    await copyFile(path, target, constants.COPYFILE_FICLONE);
    await chmod(target, 0o444);
  }
}

/**
 * A folder for one socket, which only the model's user and we can enter, with a path that is short enough: a socket's
 * may have 100 bytes.
 */
export async function makeSocketFolder(host: Host, key: string, uid: number | null): Promise<string> {
  const parent = await openParent(host);
  const folder = join(parent, key);
  const user = uid === null ? undefined : { uid, gid: uid };
  if (await isClosedFolder(folder, user)) return folder;
  await rm(folder, { recursive: true, force: true });
  if (await makeClosedFolder(folder, user)) return folder;
  throw new AttemptError("infra", `${folder}: expected a folder for a model's socket, found something of another's`);
}

export const removeSocketFolder = async (host: Host, key: string): Promise<void> =>
  rm(join(parentOf(host), key), { recursive: true, force: true });

function parentOf({ root }: Host): string {
  const usual = join(root, "m");
  if (Buffer.byteLength(join(usual, "123456789012", "s")) <= 100) return usual;
  return join(tmpdir(), `pave-m${userInfo().uid}-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`);
}

async function openParent(host: Host): Promise<string> {
  const parent = parentOf(host);
  await mkdir(join(parent, ".."), { recursive: true });
  if (!(await makeClosedFolder(parent)))
    throw new AttemptError("infra", `${parent}: expected a folder of this user, found something of another's`);
  await chmod(parent, 0o711);
  return parent;
}
