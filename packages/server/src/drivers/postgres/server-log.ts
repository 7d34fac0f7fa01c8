import { open, stat } from "node:fs/promises";
import { rotateLog } from "../process/rotate-log.ts";

/** Size of the log now; {@link readLogSince} gives what came later. */
export const logSize = (path: string): Promise<number> =>
  stat(path).then(
    (info) => info.size,
    () => 0,
  );

/** The last 64 kB at most of what was written after `offset`. */
export async function readLogSince(path: string, offset: number): Promise<string> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return "";
  try {
    const { size } = await file.stat();
    const start = Math.max(Math.min(offset, size), size - 65_536);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Keeps one older log of 4 MB. */
export const keepLogShort = (path: string): Promise<void> => rotateLog(path, { maxBytes: 4 * 2 ** 20, keep: 1 });
