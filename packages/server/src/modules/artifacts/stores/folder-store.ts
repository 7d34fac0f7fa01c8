import { createWriteStream } from "node:fs";
import { access, constants, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PaveError } from "../../../kernel/pave-error.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { assertStoreKey, newStoreKey } from "./store-key.ts";

const leftoverAfterMs = 24 * 3_600_000;

/**
 * Blobs as files `<folder>/objects/ab/cdef…`. A file is written under `incoming/`, flushed, then renamed, so that a
 * key never names half a file; what a crash left under `incoming/` is swept a day later.
 */
export async function createFolderStore(options: { readonly folder: string }): Promise<ArtifactStore> {
  const objects = join(options.folder, "objects");
  const incoming = join(options.folder, "incoming");
  await mkdir(objects, { recursive: true, mode: 0o700 });
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  await sweep(incoming);

  const pathOf = (key: string): string => {
    assertStoreKey(key);
    return join(objects, key);
  };

  return {
    name: "folder",
    newKey: newStoreKey,
    async put(bytes, { key = newStoreKey(), signal } = {}) {
      const path = pathOf(key);
      const partial = join(incoming, key.replace("/", ""));
      try {
        await pipeline(
          Readable.from(bytes, { objectMode: false }),
          createWriteStream(partial, { flags: "wx", mode: 0o600, flush: true }),
          { signal },
        );
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await rename(partial, path);
        await flushFolder(dirname(path));
      } catch (error) {
        await rm(partial, { force: true });
        throw cannotWrite(error, options.folder);
      }
      return key;
    },
    async get(key, range) {
      const file = await open(pathOf(key)).catch(ignoreMissing);
      return file?.createReadStream(range ?? {});
    },
    has: async (key) => (await access(pathOf(key)).then(() => true, ignoreMissing)) === true,
    delete: (key) => rm(pathOf(key), { force: true }),
    check: () =>
      access(incoming, constants.W_OK).catch((error: unknown) => {
        throw cannotWrite(error, options.folder);
      }),
  };
}

/** A rename is durable once its folder is. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > leftoverAfterMs) await rm(path, { force: true });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

/** What the disk says no to, in words; it will be no in a minute too. */
function cannotWrite(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (["ENOSPC", "EDQUOT"].includes(code))
    return new PaveError("database.disk_full", `The artifact folder ${folder} has no disk space left`, {
      fix: "Free some space and try again; nothing was lost",
      cause: error,
    });
  if (["EROFS", "EACCES", "EPERM"].includes(code))
    return new PaveError("artifact.store_refuses", `The artifact folder ${folder} cannot be written to (${code})`, {
      fix: "A platform admin makes it writable for the server's user; nothing was lost",
      cause: error,
    });
  return error;
}
