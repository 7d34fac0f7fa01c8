import { copyFile, rename, rm, stat, truncate } from "node:fs/promises";

export interface LogLimits {
  readonly maxBytes?: number;
  /** Older files, `<path>.1` the youngest. */
  readonly keep?: number;
}

/**
 * Puts a log that has become large aside and lets it begin anew. The file stays the same one, so processes that append
 * to it need not know; what they write in the instant between copying and emptying is lost.
 */
export async function rotateLog(path: string, { maxBytes = 10 * 2 ** 20, keep = 3 }: LogLimits = {}): Promise<void> {
  const size = await stat(path).then(
    (info) => info.size,
    () => 0,
  );
  if (size < maxBytes) return;
  await rm(`${path}.${keep}`, { force: true });
  for (let number = keep - 1; number >= 1; number -= 1)
    await rename(`${path}.${number}`, `${path}.${number + 1}`).catch(() => undefined);
  await copyFile(path, `${path}.1`);
  await truncate(path, 0);
}
