import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { unreadable } from "./backup-errors.ts";
import { type KeyFiles, type Opener, openerFor } from "./encryption.ts";
import { checkStored } from "./parts.ts";
import { blobLines, type FoundBackup } from "./target.ts";

/** What opens its files; undefined where they are not encrypted. Throws before anything is read with a wrong key. */
export async function openerOf({ folder, manifest }: FoundBackup, keys: KeyFiles): Promise<Opener | undefined> {
  if (!manifest.encryption) return undefined;
  if (manifest.key) await checkStored(manifest.key, folder);
  const wrapped = manifest.key ? await readFile(join(folder, manifest.key.file)) : null;
  return openerFor(manifest.encryption, wrapped, keys);
}

export interface VerifyOptions {
  /** Moves damaged bytes out of the pool, so that the next backup copies them again. */
  readonly setAside?: boolean;
  readonly signal?: AbortSignal | undefined;
  onProgress?(text: string, done: number, total: number): void;
}

/** Reads every byte of a backup and holds it against its manifest; needs no key. Throws at the first that is not right. */
export async function verifyFiles(
  backup: FoundBackup,
  options: VerifyOptions = {},
): Promise<{ files: number; bytes: number }> {
  const { folder, pool, manifest } = backup;
  const { blobs, files, key, masterKeys, database } = manifest;
  const parts = [...database.tables, blobs, files, ...(key ? [key] : []), ...(masterKeys ? [masterKeys] : [])];
  const total = parts.length + blobs.count;
  let [done, bytes] = [0, 0];
  for (const part of parts) {
    options.signal?.throwIfAborted();
    options.onProgress?.("checking", done, total);
    await checkStored(part, folder);
    done += 1;
    bytes += part.bytes;
  }
  const seen = new Set<string>();
  for await (const line of blobLines(backup)) {
    options.signal?.throwIfAborted();
    done += 1;
    if (line.kind === "missing" || seen.has(line.file)) continue;
    seen.add(line.file);
    options.onProgress?.("checking", done, total);
    await checkStored(line, pool).catch(async (error: unknown) => {
      if (options.setAside) await setAside(join(pool, line.file));
      throw error;
    });
    if (!manifest.encryption && line.sha256 !== line.digest)
      throw unreadable(join(pool, line.file), "its list gives it another digest than its bytes have");
    bytes += line.bytes;
  }
  return { files: done, bytes };
}

/** Where the folder cannot be written it stays; who keeps backups elsewhere may have closed it. */
const setAside = (path: string): Promise<void> => rename(path, `${path}.damaged`).catch(() => undefined);
