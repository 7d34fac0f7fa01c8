import { chmod, chown, lstat, mkdir } from "node:fs/promises";

interface User {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/**
 * Makes a folder that only `user` (this process's when undefined) can enter, in a parent that may be everybody's. Gives
 * false when a folder of somebody else, a link or a file is in the way: whoever put it there could look in.
 */
export async function makeClosedFolder(folder: string, user?: User): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
    if (user?.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return false;
  }
  if (!(await isFolderOf(folder, user))) return false;
  await chmod(folder, 0o700);
  return true;
}

/** Whether a folder, no link, of `user` and closed to others is there. Never makes or changes anything. */
export async function isClosedFolder(folder: string, user?: User): Promise<boolean> {
  return isFolderOf(folder, user, 0o077);
}

async function isFolderOf(folder: string, user: User | undefined, closedBits = 0): Promise<boolean> {
  const info = await lstat(folder).catch(() => undefined);
  return (
    info?.isDirectory() === true && info.uid === (user?.uid ?? process.getuid?.()) && (info.mode & closedBits) === 0
  );
}
