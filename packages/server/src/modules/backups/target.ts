import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { SigningKey } from "@pave/contract/ledger";
import { unreadable } from "./backup-errors.ts";
import type { Opener } from "./encryption.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { linesOf, readPart } from "./parts.ts";
import { type BlobLine, blobLineSchema, type FileLine, fileLineSchema, type KeptBlob } from "./pool-names.ts";

/** A backup in its target's folder. */
export interface FoundBackup {
  readonly folder: string;
  readonly pool: string;
  readonly manifest: Manifest;
}

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isBackupId = (text: string): boolean => idPattern.test(text);
export const poolOf = (target: string): string => join(target, "blobs");
export const manifestFile = "manifest.json";

/** Ids of whole backups, oldest first: ids are ordered by time. */
export async function listIds(target: string): Promise<string[]> {
  const names = (await readdir(target).catch(() => [])).filter(isBackupId).sort();
  const whole = await Promise.all(names.map((id) => exists(join(target, id, manifestFile))));
  return names.filter((_id, at) => whole[at]);
}

/** Throws `backup.unreadable` unless the manifest is as it was written. */
export async function openBackup(target: string, id: string, trusted?: SigningKey): Promise<FoundBackup> {
  const folder = join(target, id);
  const path = join(folder, manifestFile);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    const cut = await exists(`${folder}.partial`);
    throw unreadable(
      path,
      cut ? "the backup was never finished" : "there is no such file: it is cut, or no backup",
      "other",
    );
  }
  const manifest = readManifest(text, path, trusted);
  if (manifest.id !== id) throw unreadable(path, `the manifest is of backup ${manifest.id}`);
  return { folder, pool: poolOf(target), manifest };
}

/** Of what a person names: the folder of a target with the id, or of one backup. */
export async function findBackup(from: string, id: string | undefined, trusted?: SigningKey): Promise<FoundBackup> {
  const path = resolve(from);
  const info = await stat(path).catch(() => undefined);
  if (!info) throw unreadable(path, "there is no such folder", "other");
  if (!info.isDirectory())
    throw unreadable(
      path,
      "it is a file; a downloaded backup is unpacked first: mkdir backup && tar -xf FILE -C backup",
      "other",
    );
  const last = path.split("/").at(-1) ?? "";
  if (id === undefined && isBackupId(last)) return openBackup(join(path, ".."), last, trusted);
  const ids = await listIds(path);
  const wanted = id ?? ids.at(-1);
  if (wanted === undefined) throw unreadable(path, "there is no backup in it", "other");
  const match = ids.filter((one) => one === wanted || (wanted.length >= 8 && one.endsWith(wanted)));
  if (match.length !== 1 && !isBackupId(wanted)) throw unreadable(path, `there is no backup ${wanted} in it`, "other");
  return openBackup(path, match[0] ?? wanted, trusted);
}

export async function* blobLines({ folder, manifest }: FoundBackup): AsyncGenerator<BlobLine> {
  let count = 0;
  for await (const line of linesOf(readPart(manifest.blobs, { folder }))) {
    const result = blobLineSchema.safeParse(parseLine(line));
    if (!result.success) throw unreadable(join(folder, manifest.blobs.file), "a line is not as it was written");
    count += 1;
    yield result.data;
  }
  if (count !== manifest.blobs.count) throw unreadable(join(folder, manifest.blobs.file), "lines are missing");
}

export async function* fileLines({ folder, manifest }: FoundBackup, open?: Opener): AsyncGenerator<FileLine> {
  for await (const line of linesOf(readPart(manifest.files, { folder, open }))) {
    const result = fileLineSchema.safeParse(parseLine(line));
    if (!result.success) throw unreadable(join(folder, manifest.files.file), "a line is not as it was written");
    yield result.data;
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * What readable backups say of the pool, the newest last. All of them: bytes that are encrypted again are other bytes, so
 * what an older one names must be found and not be replaced.
 */
export async function knownBlobs(
  target: string,
): Promise<{ byFile: Map<string, KeptBlob>; logByKey: Map<string, KeptBlob> }> {
  const known = { byFile: new Map<string, KeptBlob>(), logByKey: new Map<string, KeptBlob>() };
  for (const id of await listIds(target)) {
    try {
      for await (const line of blobLines(await openBackup(target, id))) {
        if (line.kind === "missing") continue;
        known.byFile.set(line.file, line);
        if (line.kind === "log") known.logByKey.set(line.key, line);
      }
    } catch {
      // a damaged backup says nothing that can be built on; its own check tells
    }
  }
  return known;
}

/** Removes one backup, then the bytes that no other needs. Aside first: a kill never leaves half a backup with a manifest. */
export async function removeBackup(target: string, id: string): Promise<void> {
  const aside = join(target, `${id}.partial`);
  await rename(join(target, id), aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rm(aside, { recursive: true, force: true });
  await sweepPool(target);
}

/**
 * Removes bytes that no backup names. Keeps everything while a single list cannot be read, and while a backup is being
 * made, whose list is not yet there.
 */
async function sweepPool(target: string): Promise<void> {
  for (const name of await readdir(target)) if (isPartial(name) && (await isTouched(join(target, name)))) return;
  const needed = new Set<string>();
  for (const id of await listIds(target))
    for await (const line of blobLines(await openBackup(target, id)))
      if (line.kind !== "missing") needed.add(line.file);
  for (const two of await readdir(poolOf(target)).catch(() => []))
    if (/^[0-9a-f]{2}$/.test(two))
      for (const name of await readdir(join(poolOf(target), two)))
        if (!needed.has(`${two}/${name}`)) await rm(join(poolOf(target), two, name), { force: true });
}

/** A backup under way touches its folder more often than that. */
export const aliveMs = 30_000;

const isPartial = (name: string): boolean => name.endsWith(".partial") && isBackupId(name.slice(0, -".partial".length));

/** What kills left of backups under way; nothing of one that somebody else is at. */
export async function removePartials(target: string): Promise<void> {
  for (const name of await readdir(target).catch(() => []))
    if (isPartial(name) && !(await isTouched(join(target, name))))
      await rm(join(target, name), { recursive: true, force: true });
}

/** Of a backup whose maker is known to be gone. */
export const removePartial = (target: string, id: string): Promise<void> =>
  rm(join(target, `${id}.partial`), { recursive: true, force: true });

async function isTouched(folder: string): Promise<boolean> {
  const info = await stat(folder).catch(() => undefined);
  return info !== undefined && Date.now() - info.mtimeMs < aliveMs;
}

export const makeTarget = async (target: string): Promise<void> =>
  void (await mkdir(poolOf(target), { recursive: true, mode: 0o700 }));

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
