import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, constants, copyFile, link, mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RemoteFile } from "@pave/contract";
import { randomText } from "../kernel/ids.ts";
import { messageOf } from "../kernel/pave-error.ts";
import { backoffMs } from "../kernel/retry.ts";
import { sleep } from "../kernel/time.ts";
import { AttemptError, AttemptLeft } from "./attempt/attempt-error.ts";

/**
 * Files that steps were given, by digest. A step gets a hard link to a read-only file of another user, or a copy where
 * that is not possible. Every cached file carries the same old modification time: whoever writes to one moves it, and
 * the file is fetched again.
 */
export interface BlobCache {
  /** Fetches and verifies what is missing; the path of the cached file. */
  fetch(file: RemoteFile, signal: AbortSignal): Promise<string>;
  /** Removes what was used longest ago until at most `maxBytes` remain. */
  prune(maxBytes: number): Promise<void>;
}

const sealedAt = new Date("2000-01-01T00:00:00Z");
const maxTries = 12;

export function createBlobCache(folder: string, apiUrl: string): BlobCache {
  const running = new Map<string, Promise<string>>();

  const fetchOnce = async (file: RemoteFile, signal: AbortSignal): Promise<string> => {
    const path = pathOf(folder, file.digest);
    if (await isIntact(path, file.size)) {
      await utimes(path, new Date(), sealedAt);
      return path;
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    for (let tries = 1; ; tries += 1) {
      try {
        await download(new URL(file.url, apiUrl), file, path, signal);
        return path;
      } catch (error) {
        if (signal.aborted) throw new AttemptLeft("the download was given up");
        if (error instanceof AttemptError) throw error;
        if (tries >= maxTries)
          throw new AttemptError("infra", `${file.path}: could not be fetched: ${messageOf(error)}`);
        await sleep(backoffMs(tries), signal);
      }
    }
  };

  return {
    async fetch(file, signal) {
      const shared = running.get(file.digest);
      // What another attempt was fetching may have been given up with it.
      if (shared) await shared.catch(() => undefined);
      const mine = fetchOnce(file, signal).finally(() => running.delete(file.digest));
      running.set(file.digest, mine);
      return mine;
    },
    prune: (maxBytes) => prune(folder, maxBytes),
  };
}

/** Puts a cached file at `target`, read-only for everybody. */
export async function linkOrCopy(cached: string, target: string): Promise<void> {
  try {
    await link(cached, target);
  } catch {
    // Another file system, or too many links.
    await copyFile(cached, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(target, 0o444);
  }
}

const pathOf = (folder: string, digest: string): string => {
  const hex = digest.slice("sha256:".length);
  return join(folder, hex.slice(0, 2), hex);
};

const isIntact = (path: string, size: number): Promise<boolean> =>
  stat(path).then(
    (info) => info.size === size && info.mtimeMs === sealedAt.getTime(),
    () => false,
  );

async function download(url: URL, file: RemoteFile, path: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal });
  if (!response.ok) {
    const message = `${file.path}: the store answered ${response.status} for ${file.digest}`;
    await response.body?.cancel();
    throw response.status < 500 && response.status !== 429 ? new AttemptError("infra", message) : new Error(message);
  }
  const draft = `${path}.${randomText(8)}`;
  const hash = createHash("sha256");
  let size = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(
        size > file.size ? new Error(`${file.path}: longer than the ${file.size} bytes that were announced`) : null,
        chunk,
      );
    },
  });
  try {
    await pipeline(
      Readable.fromWeb(response.body ?? new ReadableStream()),
      meter,
      createWriteStream(draft, { mode: 0o400 }),
      { signal },
    );
    const digest = `sha256:${hash.digest("hex")}`;
    if (digest !== file.digest)
      throw new AttemptError("infra", `${file.path}: expected ${file.digest}, found ${digest}`);
    await chmod(draft, 0o444);
    await utimes(draft, new Date(), sealedAt);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function prune(folder: string, maxBytes: number): Promise<void> {
  const files = await listFiles(folder);
  let total = files.reduce((sum, file) => sum + file.size, 0);
  for (const file of files.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= maxBytes) return;
    await rm(file.path, { force: true });
    total -= file.size;
  }
}

async function listFiles(folder: string) {
  const files: { path: string; size: number; usedAt: number }[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const info = await stat(path).catch(() => undefined);
    if (info) files.push({ path, size: info.size, usedAt: info.atimeMs });
  }
  return files;
}
