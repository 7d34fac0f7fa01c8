import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type pg from "pg";
import type { ArtifactStores } from "../artifacts/index.ts";
import type { Sealer } from "./encryption.ts";
import type { Part } from "./manifest.ts";
import { writePart } from "./parts.ts";
import { type BlobLine, type FileLine, type KeptBlob, poolName } from "./pool-names.ts";

export interface CopyOptions {
  /** `blobs/` of the target. */
  readonly pool: string;
  readonly stores: ArtifactStores;
  readonly resourcesFolder: string;
  readonly recipient: string | undefined;
  readonly seal: Sealer | undefined;
  /** What an earlier backup says of the pool, by file and by key of the request log. */
  readonly known: Known;
  readonly signal?: AbortSignal | undefined;
  readonly assertRoom?: (() => Promise<void>) | undefined;
  onBlob?(done: number, total: number): void;
}

export interface Known {
  readonly byFile: ReadonlyMap<string, KeptBlob>;
  readonly logByKey: ReadonlyMap<string, KeptBlob>;
}

export interface Copied {
  readonly blobs: readonly BlobLine[];
  readonly files: readonly FileLine[];
  readonly newCount: number;
  readonly newBytes: number;
}

/** What the snapshot names of the artifact store. */
export interface NamedBytes {
  readonly blobs: readonly { readonly digest: string; readonly store: string; readonly key: string }[];
  readonly logs: readonly { readonly store: string; readonly key: string }[];
}

/** In the snapshot, which may end then: the bytes under a key never change. */
export async function readNamedBytes(client: pg.Client): Promise<NamedBytes> {
  const { rows: blobs } = await client.query<{ digest: string; store: string; key: string }>(
    "select digest, store, key from blobs where verified_at is not null order by digest",
  );
  const { rows: logs } = await client.query<{ store: string; key: string }>(
    "select store, key from request_log_files order by key",
  );
  return { blobs, logs };
}

/** Copies what is named and the pool does not have. */
export async function copyBlobs({ blobs, logs }: NamedBytes, options: CopyOptions): Promise<Copied> {
  const { stores, known, resourcesFolder } = options;
  await makeIncoming(join(options.pool, "incoming"));
  const paths = await filesBelow(resourcesFolder);
  const total = blobs.length + logs.length + paths.length;
  const lines: BlobLine[] = [];
  const inPool = new Map<string, KeptBlob>();
  const done = { count: 0, bytes: 0 };
  const tell = () => options.onBlob?.(lines.length, total);
  const take = async (source: Readable, expected?: string): Promise<KeptBlob | undefined> => {
    const kept = await toPool(source, options, expected);
    if (!kept) return undefined;
    if (kept.isNew) {
      done.count += 1;
      done.bytes += kept.blob.bytes;
    }
    return kept.blob;
  };
  for (const { digest, store, key } of blobs) {
    options.signal?.throwIfAborted();
    const hex = digest.slice("sha256:".length);
    const there = await inPoolAlready(options, known.byFile.get(poolName(hex, options.recipient)));
    const source = there ? undefined : await stores.named(store).get(key);
    const blob = there ?? (source && (await take(source, hex)));
    lines.push(blob ? { ...blob, kind: "blob", key } : { kind: "missing", of: "blob", digest: hex, key });
    tell();
  }
  for (const { store, key } of logs) {
    options.signal?.throwIfAborted();
    const there = await inPoolAlready(options, known.logByKey.get(key));
    const source = there ? undefined : await stores.named(store).get(key);
    const blob = there ?? (source && (await take(source)));
    lines.push(blob ? { ...blob, kind: "log", key } : { kind: "missing", of: "log", digest: null, key });
    tell();
  }
  const files: FileLine[] = [];
  for (const path of paths) {
    options.signal?.throwIfAborted();
    const whole = join(resourcesFolder, path);
    const info = await stat(whole).catch(() => undefined);
    const digest = info && (await digestOf(whole));
    if (!info || !digest) continue; // removed meanwhile
    const name = poolName(digest, options.recipient);
    const blob =
      inPool.get(name) ??
      (await inPoolAlready(options, known.byFile.get(name))) ??
      // changed between the two looks: what was read the second time counts
      (await take(createReadStream(whole)));
    if (!blob) continue;
    if (!inPool.has(name)) {
      inPool.set(name, blob);
      const { digest, size, file, bytes, sha256 } = blob;
      lines.push({ kind: "file", digest, size, file, bytes, sha256 });
    }
    files.push({ path, digest: blob.digest, mode: info.mode & 0o777 });
    tell();
  }
  return { blobs: lines, files, newCount: done.count, newBytes: done.bytes };
}

const leftoverAfterMs = 3_600_000;

/** Without what killed ones left there; another backup may be at work beside this one. */
async function makeIncoming(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > leftoverAfterMs) await rm(join(folder, name), { force: true });
  }
}

/** Only as we would write it now: not encrypted for somebody else, or for nobody. */
async function inPoolAlready(
  { pool, recipient }: CopyOptions,
  blob: KeptBlob | undefined,
): Promise<KeptBlob | undefined> {
  if (blob?.file !== (blob && poolName(blob.digest, recipient))) return undefined;
  const found = blob && (await stat(join(pool, blob.file)).catch(() => undefined));
  return found?.size === blob?.bytes ? blob : undefined;
}

/**
 * Writes aside, then renames: a name in the pool is always whole. Undefined when the bytes are not what the digest says,
 * which is the platform's loss and not the backup's.
 */
async function toPool(
  source: Readable,
  { pool, recipient, seal, signal, assertRoom }: CopyOptions,
  expected?: string,
): Promise<{ blob: KeptBlob; isNew: boolean } | undefined> {
  const incoming = join("incoming", randomUUID());
  const path = join(pool, incoming);
  try {
    await assertRoom?.();
    const part = await writePart(source, {
      ...{ folder: pool, file: incoming, compress: false },
      ...{ seal, signal, assertRoom },
    });
    const digest = part.plainSha256;
    if (expected !== undefined && digest !== expected) return undefined;
    const file = poolName(digest, recipient);
    const isNew = (await stat(join(pool, file)).catch(() => undefined))?.size !== part.bytes;
    await mkdir(dirname(join(pool, file)), { recursive: true, mode: 0o700 });
    await rename(path, join(pool, file));
    return { blob: toLine(part, digest, file), isNew };
  } finally {
    await rm(path, { force: true });
  }
}

const toLine = (part: Part, digest: string, file: string): KeptBlob => ({
  kind: "file",
  digest,
  size: part.plainBytes,
  file,
  bytes: part.bytes,
  sha256: part.sha256,
});

/** Undefined for what is gone, or no file any more. */
async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  } catch (error) {
    if (["ENOENT", "EISDIR", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** Plain files only, as paths below the folder; links could lead anywhere. */
async function filesBelow(folder: string, below = ""): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(folder, path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return found.flat().sort();
}
