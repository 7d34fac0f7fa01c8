import { chmod, constants, copyFile, link, lstat, mkdir, readdir, readlink, realpath, symlink } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";

/**
 * Copies a file or folder so that every user can read it (and run what its owner can run). Files that are readable
 * already become hard links where the file system allows, so a copy costs next to nothing. Links that point inside the
 * folder stay links, others become copies of what they point to.
 */
export async function copyReachable(source: string, target: string): Promise<void> {
  await copyEntry(source, target, source);
}

async function copyEntry(source: string, target: string, top: string): Promise<void> {
  const info = await lstat(source);
  if (info.isSymbolicLink()) return copyLink(source, target, top);
  if (info.isFile()) return copyOneFile(source, target, info.mode);
  if (!info.isDirectory()) return;
  await mkdir(target);
  await chmod(target, (info.mode & 0o755) | 0o555);
  for (const name of await readdir(source)) await copyEntry(join(source, name), join(target, name), top);
}

async function copyLink(source: string, target: string, top: string): Promise<void> {
  const destination = resolve(dirname(source), await readlink(source));
  if (destination === top || destination.startsWith(top + sep)) {
    return symlink(relative(dirname(source), destination), target);
  }
  const real = await realpath(source).catch(() => undefined);
  // A link around the folder that we are copying would never end.
  if (real === undefined || `${top}${sep}`.startsWith(`${real}${sep}`)) return;
  await copyEntry(real, target, real);
}

async function copyOneFile(source: string, target: string, mode: number): Promise<void> {
  const wanted = (mode & 0o755) | 0o444 | (mode & 0o100 ? 0o111 : 0);
  // A hard link shares its rights with the original, so only files that need no other rights can be linked.
  if ((mode & 0o7777) === wanted && (await tryLink(source, target))) return;
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, wanted);
}

const tryLink = (source: string, target: string): Promise<boolean> =>
  link(source, target).then(
    () => true,
    () => false,
  );
