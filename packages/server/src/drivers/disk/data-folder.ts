import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { PaveError } from "../../kernel/pave-error.ts";

/** Makes the data folder and tries it, before anything else would fail on it in words of its own. */
export async function prepareDataFolder(folder: string): Promise<void> {
  const probe = join(folder, `.probe.${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(probe, Buffer.alloc(probeBytes), { mode: 0o600 });
  } catch (error) {
    throw unusable(folder, error as NodeJS.ErrnoException);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
  await chmod(folder, 0o700).catch(() => undefined);
}

/** A full disk may still take a file of a few bytes. */
const probeBytes = 256 * 1024;

/** Does what writes into the data folder, and says so where the folder does not take it. */
export async function withDataFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    const isInside = path === folder || path?.startsWith(folder + sep);
    throw isInside && code !== undefined && code in reasons ? unusable(folder, error as NodeJS.ErrnoException) : error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of the disk is used up",
  EEXIST: "it is a file",
  ENOTDIR: "it, or a folder above, is a file",
};

function unusable(folder: string, cause: NodeJS.ErrnoException): PaveError {
  const reason = reasons[cause.code ?? ""] ?? (cause.code === "ENOENT" ? "it cannot be made there" : cause.message);
  return new PaveError("database.data_folder_unusable", `data folder ${folder} cannot be written: ${reason}`, {
    fix: "Choose another with PAVE_HOME",
    cause,
  });
}
