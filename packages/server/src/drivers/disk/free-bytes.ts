import { statfs } from "node:fs/promises";

/** What is left for us on the file system of a folder; undefined where it cannot be told. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  const info = await statfs(folder).catch(() => undefined);
  return info === undefined ? undefined : info.bavail * info.bsize;
}
