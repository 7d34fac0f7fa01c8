import { createPublicKey } from "node:crypto";
import { mkdir, open, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { counted } from "@pave/contract";
import { v7 } from "uuid";
import type { DatabaseAddress } from "../../db/connection.ts";
import { freeBytes } from "../../drivers/disk/free-bytes.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { describeBytes } from "../../kernel/time.ts";
import { version } from "../../kernel/version.ts";
import { type ArtifactStore, bytesInUse, joinStores } from "../artifacts/index.ts";
import { placeError } from "./backup-errors.ts";
import { type Copied, copyBlobs, readNamedBytes } from "./copy-blobs.ts";
import { type Encryption, type EncryptionOptions, prepareEncryption, type Sealer } from "./encryption.ts";
import { connectPatiently, exportDatabase, openSnapshot, type Snapshot } from "./export-database.ts";
import { formatVersion, type Manifest, type Part, writeManifest } from "./manifest.ts";
import { writePart } from "./parts.ts";
import {
  aliveMs,
  knownBlobs,
  listIds,
  makeTarget,
  manifestFile,
  openBackup,
  poolOf,
  removePartials,
} from "./target.ts";

export interface CreateBackup extends EncryptionOptions {
  readonly address: DatabaseAddress;
  readonly store: ArtifactStore;
  /** Stores that older bytes may lie in. */
  readonly olderStores?: readonly ArtifactStore[] | undefined;
  /** Files of projects' buckets. */
  readonly resourcesFolder: string;
  /** Where the target's folder is. */
  readonly target: string;
  readonly id?: string | undefined;
  /** The vault's keys, only if somebody asked for them. */
  readonly masterKeysFile?: string | undefined;
  /** What is to stay free where the target is; a full disk may be the database's too. */
  readonly reserveBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  onProgress?(text: string, done: number, total: number): void;
}

/**
 * Makes one backup while the platform goes on: everything that was committed when the snapshot was taken. What fails, or is
 * killed, leaves no backup behind, and bytes that were copied already are not copied again.
 */
export async function createBackup(options: CreateBackup): Promise<Manifest> {
  const { target, id = v7() } = options;
  const folder = join(target, `${id}.partial`);
  try {
    await makeTarget(target);
    await removePartials(target);
    await mkdir(folder, { mode: 0o700 });
    const isAlive = keepAlive(folder);
    return await write(id, folder, options).finally(() => clearInterval(isAlive));
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw placeError(error, target, options.address);
  }
}

async function write(id: string, folder: string, options: CreateBackup): Promise<Manifest> {
  const startedAt = new Date().toISOString();
  const encryption = await prepareEncryption(options, await lastPassphraseKey(options.target));
  if (options.masterKeysFile && !encryption)
    throw new PaveError("request.invalid", "The vault's master keys were asked for in a backup that is not encrypted", {
      fix: "Add --encrypt-to or --passphrase-file, or leave the keys out and keep a copy of them elsewhere",
    });
  const assertRoom = roomIn(options);
  await assertRoom();
  // what the snapshot names must not be collected before it is copied
  const holding = await connectPatiently(options.address);
  try {
    await holding.query("select pg_advisory_lock_shared($1)", [bytesInUse]);
    return await writeHolding(id, folder, options, { startedAt, encryption, assertRoom });
  } finally {
    await holding.end().catch(() => undefined);
  }
}

interface Prepared {
  readonly startedAt: string;
  readonly encryption: Encryption | undefined;
  readonly assertRoom: () => Promise<void>;
}

async function writeHolding(
  id: string,
  folder: string,
  options: CreateBackup,
  { startedAt, encryption, assertRoom }: Prepared,
): Promise<Manifest> {
  const { ledger, database, named } = await readDatabase(folder, encryption, assertRoom, options);
  const copied = await copyBlobs(named, {
    pool: poolOf(options.target),
    stores: joinStores(options.store, options.olderStores),
    resourcesFolder: options.resourcesFolder,
    recipient: encryption?.recipient,
    seal: encryption?.seal,
    known: await knownBlobs(options.target),
    ...{ signal: options.signal, assertRoom },
    onBlob: (done, total) => options.onProgress?.("artifacts", done, total),
  });
  const manifest: Manifest = {
    format: "pave-backup",
    version: formatVersion,
    id,
    startedAt,
    finishedAt: new Date().toISOString(),
    pave: version,
    database,
    ledger: ledger.shown,
    ...(await writeLists(folder, copied, encryption, options)),
    encryption: encryption ? { recipient: encryption.recipient, passphrase: encryption.wrappedKey !== null } : null,
    warnings: warningsOf(copied, database.schemas),
  };
  await finish(folder, join(options.target, id), writeManifest(manifest, ledger.privateKeyPem));
  return manifest;
}

/** The snapshot is open no longer than the tables are read: while it is, vacuum keeps old rows. */
async function readDatabase(
  folder: string,
  encryption: Encryption | undefined,
  assertRoom: () => Promise<void>,
  options: CreateBackup,
) {
  const snapshot = await openSnapshot(options.address);
  try {
    const [ledger, named] = [await readLedger(snapshot), await readNamedBytes(snapshot.client)];
    const database = await exportDatabase(snapshot, {
      ...{ address: options.address, folder, seal: encryption?.seal, signal: options.signal, assertRoom },
      onTable: (_table, done, total) => options.onProgress?.("tables", done, total),
    });
    return { ledger, named, database };
  } finally {
    await snapshot.close().catch(() => undefined);
  }
}

/** Throws where the target's disk would not keep its reserve. */
function roomIn({ target, reserveBytes = 0 }: CreateBackup): () => Promise<void> {
  return async () => {
    const free = await freeBytes(target);
    if (free === undefined || free >= reserveBytes) return;
    throw new PaveError(
      "backup.disk_full",
      `${target} has ${describeBytes(free)} of disk space left, and ${describeBytes(reserveBytes)} are to stay free`,
      { fix: "Remove old backups with `pave backups remove`, name another folder, or set PAVE_DISK_RESERVE to less" },
    );
  };
}

/** As long as its folder is touched, nobody takes it for a leftover. */
function keepAlive(folder: string): NodeJS.Timeout {
  const timer = setInterval(() => void utimes(folder, new Date(), new Date()).catch(() => undefined), aliveMs / 3);
  return timer.unref();
}

/** The manifest last, everything flushed, then one rename: a backup is there whole or not at all. */
async function finish(folder: string, final: string, text: string): Promise<void> {
  await writeFile(join(folder, manifestFile), text, { mode: 0o600, flag: "wx", flush: true });
  for (const one of [join(folder, "tables"), folder]) await flush(one);
  await rename(folder, final);
  await flush(join(final, ".."));
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

async function writeLists(
  folder: string,
  copied: Copied,
  encryption: Encryption | undefined,
  { masterKeysFile }: CreateBackup,
): Promise<Pick<Manifest, "blobs" | "files" | "key" | "masterKeys">> {
  const suffix = encryption ? ".age" : "";
  const small = (file: string, bytes: Uint8Array, seal?: Sealer): Promise<Part> =>
    writePart(Readable.from([Buffer.from(bytes)], { objectMode: false }), { folder, file, seal, compress: false });
  const lines = (file: string, of: readonly unknown[], seal?: Sealer): Promise<Part> =>
    writePart(Readable.from(jsonLines(of), { objectMode: false }), { folder, file, seal });
  const kept = copied.blobs.filter((line) => line.kind !== "missing");
  return {
    blobs: {
      ...(await lines("blobs.jsonl.zst", copied.blobs)),
      count: copied.blobs.length,
      totalBytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
      newCount: copied.newCount,
      newBytes: copied.newBytes,
      missing: copied.blobs.length - kept.length,
    },
    files: { ...(await lines(`files.jsonl.zst${suffix}`, copied.files, encryption?.seal)), count: copied.files.length },
    key: encryption?.wrappedKey ? await small("key.age", encryption.wrappedKey) : null,
    masterKeys: masterKeysFile
      ? await small("master-keys.age", await readMasterKeys(masterKeysFile), encryption?.seal)
      : null,
  };
}

function* jsonLines(of: readonly unknown[]): Generator<Buffer> {
  for (const one of of) yield Buffer.from(`${JSON.stringify(one)}\n`);
}

const readMasterKeys = (path: string): Promise<Buffer> =>
  readFile(path).catch((error: unknown) => {
    throw new PaveError("request.invalid", `The vault's master keys cannot be read from ${path}`, {
      fix: "Leave --with-master-keys out where there is no vault, or name the file in PAVE_MASTER_KEY_FILE",
      cause: error,
    });
  });

function warningsOf(copied: Copied, schemas: Manifest["database"]["schemas"]): string[] {
  const missing = copied.blobs.filter(({ kind }) => kind === "missing").length;
  return [
    ...(missing > 0
      ? [`${counted(missing, "file")} of the artifact store was lost or damaged before this backup`]
      : []),
    ...schemas
      .filter(({ relations }) => relations > 0)
      .map(
        ({ name, relations }) =>
          `the schema ${name} of a project holds ${counted(relations, "table or view", "tables and views")}, which are not in the backup; copy them with pg_dump`,
      ),
  ];
}

async function readLedger({ client }: Snapshot): Promise<{ shown: Manifest["ledger"]; privateKeyPem: string }> {
  const { rows: keys } = await client.query<{ value: { privateKeyPem: string } }>(
    "select value from platform_settings where name = 'ledger-key'",
  );
  const { rows: heads } = await client.query<{ events: number; position: number; head: string }>(
    `select (select count(*) from ledger_events)::integer as events,
       coalesce((select max(position) from ledger_seals), 0)::integer as position,
       coalesce((select hash from ledger_seals order by position desc limit 1), '') as head`,
  );
  const { rows: checkpoints } = await client.query<{
    position: number;
    hash: string;
    time: Date;
    keyId: string;
    signature: string;
  }>(
    `select position, hash, time, key_id as "keyId", signature from ledger_checkpoints order by position desc limit 1`,
  );
  const { privateKeyPem } = must(keys[0], "the ledger's key").value;
  const publicKey = createPublicKey(privateKeyPem).export({ type: "spki", format: "pem" }).toString();
  const [checkpoint] = checkpoints;
  return {
    privateKeyPem,
    shown: {
      ...must(heads[0], "the ledger's head"),
      checkpoint: checkpoint ? { ...checkpoint, time: checkpoint.time.toISOString() } : null,
      publicKey,
    },
  };
}

/** A passphrase that stays the same goes on with the identity it had, so that bytes in the pool serve again. */
async function lastPassphraseKey(target: string): Promise<{ recipient: string; wrappedKey: Uint8Array } | undefined> {
  for (const id of (await listIds(target)).reverse()) {
    const found = await openBackup(target, id).catch(() => undefined);
    if (!found?.manifest.encryption?.passphrase || !found.manifest.key) continue;
    const wrappedKey = await readFile(join(found.folder, found.manifest.key.file)).catch(() => undefined);
    if (wrappedKey) return { recipient: found.manifest.encryption.recipient, wrappedKey };
  }
  return undefined;
}
