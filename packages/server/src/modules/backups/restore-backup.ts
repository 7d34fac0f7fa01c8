import { createHash } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { counted } from "@pave/contract";
import type pg from "pg";
import { type DatabaseAddress, describeAddress } from "../../db/connection.ts";
import { createContext } from "../../db/context.ts";
import { migrate } from "../../db/migrate.ts";
import { openDatabase } from "../../db/open-database.ts";
import { freeBytes } from "../../drivers/disk/free-bytes.ts";
import { randomText } from "../../kernel/ids.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { describeBytes, sleep } from "../../kernel/time.ts";
import type { ArtifactStore } from "../artifacts/index.ts";
import { checkChain, exportCheckpoints } from "../ledger/index.ts";
import { placeError, unreadable } from "./backup-errors.ts";
import type { KeyFiles, Opener } from "./encryption.ts";
import { connectPatiently } from "./export-database.ts";
import { loadDatabase, migrationsOf } from "./load-database.ts";
import { openerOf, verifyFiles } from "./open-backup.ts";
import { readPart, sha256Of } from "./parts.ts";
import type { KeptBlob } from "./pool-names.ts";
import { type Lost, settleRestored } from "./settle.ts";
import { blobLines, type FoundBackup, fileLines } from "./target.ts";

export interface RestoreOptions {
  readonly backup: FoundBackup;
  readonly keys: KeyFiles;
  readonly dataFolder: string;
  /** Where the vault of this platform reads its master keys. */
  readonly masterKeysFile: string;
  /** A file that is there while a restore is under way; a platform does not start beside it. */
  readonly markFile: string;
  readonly replace?: boolean;
  /** Is the database's server ours alone? What a killed restore left there is ended then. */
  readonly exclusive?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** The database, once the backup is known to be good. */
  openDatabase(): Promise<{ address: DatabaseAddress; close(): Promise<unknown> }>;
  openStore(): Promise<ArtifactStore>;
  onProgress?(text: string, done: number, total: number): void;
}

export interface Restored {
  readonly backup: string;
  readonly findings: readonly string[];
}

/**
 * Everything of the backup is read and checked before anything is touched. Then bytes, which no database names yet, then
 * all rows in one transaction; killed in between, the same command goes on.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { backup, dataFolder, onProgress, signal } = options;
  const { manifest } = backup;
  await migrationsOf(manifest, backup.folder);
  const opener = await openerOf(backup, options.keys);
  await verifyFiles(backup, { signal, ...(onProgress ? { onProgress } : {}) });
  await tryKey(backup, opener);
  const database = await options.openDatabase();
  try {
    if (await isRestored(database.address, options.markFile, manifest.id)) return await end(options, database.address);
    await assertRestorable(database.address, options);
    await assertRoom(dataFolder, manifest.blobs.totalBytes);
    await mark(options.markFile, manifest.id);
    const lost = await putBlobs(options, opener);
    await putFiles(options, opener);
    await putMasterKeys(options, opener);
    const client = await connectPatiently(database.address);
    try {
      await loadDatabase(client, backup, {
        open: opener,
        replace: options.replace === true,
        signal,
        onTable: (done, total) => onProgress?.("tables", done, total),
        afterwards: (client) => settleRestored(client, manifest, lost),
      });
    } finally {
      await client.end().catch(() => undefined);
    }
    return await end(options, database.address);
  } catch (error) {
    throw placeError(error, dataFolder, database.address);
  } finally {
    await database.close();
  }
}

/** The code may be newer than the backup. The ledger is walked once more, as it came to lie here. */
async function end(
  { backup: { manifest, folder }, dataFolder, markFile }: RestoreOptions,
  address: DatabaseAddress,
): Promise<Restored> {
  await migrate(address);
  const database = openDatabase(address, { poolSize: 2 });
  try {
    const ctx = createContext(database, { log: silentLogger });
    const chain = await checkChain(ctx);
    if (chain.problem !== null) throw unreadable(folder, `its ledger does not hold: ${chain.problem}`);
    const checkpoints = join(dataFolder, "artifacts", "ledger");
    await mkdir(checkpoints, { recursive: true, mode: 0o700 });
    await exportCheckpoints(ctx, (name, text) => writeFile(join(checkpoints, name), text, { mode: 0o600 }));
    await rm(markFile, { force: true });
    const { tables } = manifest.database;
    return {
      backup: manifest.id,
      findings: [
        `${counted(
          tables.reduce((sum, { rows }) => sum + rows, 0),
          "row",
        )} of ${counted(tables.length, "table")}`,
        `${counted(manifest.blobs.count - manifest.blobs.missing, "file")} of the artifact store`,
        `the ledger's ${counted(chain.events, "sealed event")} form one chain`,
      ],
    };
  } finally {
    await database.close();
  }
}

/** A wrong key shows before anything is touched: the smallest file is opened. */
async function tryKey({ folder, manifest }: FoundBackup, opener: Opener | undefined): Promise<void> {
  for await (const _ of readPart(manifest.files, { folder, open: opener }));
}

const mark = (markFile: string, backup: string): Promise<void> =>
  writeFile(markFile, JSON.stringify({ backup, begunAt: new Date().toISOString() }), { mode: 0o600, flush: true });

/** Killed after the rows were in: what is left is to say so. */
async function isRestored(address: DatabaseAddress, markFile: string, backup: string): Promise<boolean> {
  const text = await readFile(markFile, "utf8").catch(() => "{}");
  if (!text.includes(`"${backup}"`)) return false;
  const client = await connectPatiently(address);
  try {
    const { rows } = await client.query<{ there: boolean }>(
      "select to_regclass('public.platform_settings') is not null as there",
    );
    if (!rows[0]?.there) return false;
    const found = await client.query<{ backup: string }>(
      "select value->>'backup' as backup from platform_settings where name = 'restored-from'",
    );
    return found.rows[0]?.backup === backup;
  } finally {
    await client.end();
  }
}

/** Connections of a process that just ended may be there for a moment. */
async function openConnections(client: pg.Client, exclusive: boolean): Promise<number> {
  const others = "datname = current_database() and pid <> pg_backend_pid() and application_name like 'pave%'";
  for (let left = 10; ; left -= 1) {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::integer as count ${exclusive ? ", count(pg_terminate_backend(pid))" : ""} from pg_stat_activity where ${others}`,
    );
    const count = rows[0]?.count ?? 0;
    if (count === 0 || left === 0) return count;
    await sleep(250);
  }
}

async function assertRestorable(
  address: DatabaseAddress,
  { replace = false, exclusive = false }: RestoreOptions,
): Promise<void> {
  const client = await connectPatiently(address);
  try {
    const open = await openConnections(client, exclusive);
    if (open > 0)
      throw new PaveError(
        "restore.platform_runs",
        `A platform runs on the database ${describeAddress(address)}: ${counted(open, "connection")} of Pave`,
        {
          fix: "Stop its servers first (`pave down`, or the processes of `pave serve`), or restore into another database; nothing was changed",
        },
      );
    const { rows } = await client.query<{ tables: number; projects: boolean }>(
      `select count(*)::integer as tables, to_regclass('public.projects') is not null as projects
       from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
    );
    if ((rows[0]?.tables ?? 0) === 0 || replace) return;
    const held = rows[0]?.projects
      ? (
          await client.query<{ projects: number; runs: number }>(
            "select (select count(*) from projects)::integer as projects, (select count(*) from runs)::integer as runs",
          )
        ).rows[0]
      : undefined;
    const what = held
      ? `a platform with ${counted(held.projects, "project")} and ${counted(held.runs, "run")}`
      : "tables that are not Pave's";
    throw new PaveError(
      "restore.not_empty",
      `The database ${describeAddress(address)} is not empty: it holds ${what}`,
      {
        fix: "Restore into an empty data folder or database, or add --replace to remove what is there; nothing was changed",
      },
    );
  } finally {
    await client.end();
  }
}

async function assertRoom(folder: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free === undefined || free > neededBytes) return;
  throw new PaveError(
    "backup.disk_full",
    `${folder} has ${describeBytes(free)} of disk space left; the artifacts need ${describeBytes(neededBytes)}`,
    {
      fix: "Free some space, or restore to another folder with --to; nothing was changed",
    },
  );
}

/** Under the keys that the rows name. What lies there already and is right stays: a second try is quick. */
async function putBlobs(options: RestoreOptions, opener: Opener | undefined): Promise<Lost> {
  const { backup, signal, onProgress } = options;
  const store = await options.openStore();
  const lost = {
    ...{ digests: [] as string[], logKeys: [] as string[] },
    ...{ dataFolder: options.dataFolder, store: store.name },
  };
  let done = 0;
  for await (const line of blobLines(backup)) {
    signal?.throwIfAborted();
    done += 1;
    onProgress?.("artifacts", done, backup.manifest.blobs.count);
    if (line.kind === "missing" && line.of === "blob" && line.digest) lost.digests.push(line.digest);
    if (line.kind === "missing" && line.of === "log") lost.logKeys.push(line.key);
    if (line.kind === "missing" || line.kind === "file") continue;
    if (await hasBytes(store, line)) continue;
    await store.delete(line.key);
    await store.put(openBlob(backup, line, opener), { key: line.key, signal });
  }
  return lost;
}

async function hasBytes(store: ArtifactStore, line: KeptBlob & { key: string }): Promise<boolean> {
  const bytes = await store.get(line.key);
  if (!bytes) return false;
  const hash = createHash("sha256");
  for await (const chunk of bytes) hash.update(chunk as Buffer);
  return hash.digest("hex") === line.digest;
}

export const openBlob = ({ pool }: FoundBackup, line: KeptBlob, open: Opener | undefined): Readable =>
  readPart(
    { file: line.file, bytes: line.bytes, sha256: line.sha256, plainBytes: line.size, plainSha256: line.digest },
    { folder: pool, open, compressed: false },
  );

async function putFiles({ backup, dataFolder, signal }: RestoreOptions, opener: Opener | undefined): Promise<void> {
  if (backup.manifest.files.count === 0) return;
  const byDigest = new Map<string, KeptBlob>();
  for await (const line of blobLines(backup)) if (line.kind !== "missing") byDigest.set(line.digest, line);
  const root = join(dataFolder, "resources");
  for await (const { path, digest, mode } of fileLines(backup, opener)) {
    signal?.throwIfAborted();
    const blob = byDigest.get(digest);
    if (!blob) continue;
    const target = join(root, path);
    if ((await sha256Of(target).catch(() => "")) === digest) continue;
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeWhole(target, openBlob(backup, blob, opener), mode & 0o777);
  }
}

async function writeWhole(path: string, bytes: Readable, mode: number): Promise<void> {
  const draft = `${path}.${randomText(6)}.tmp`;
  const file = await open(draft, "wx", mode);
  try {
    await pipeline(bytes, file.createWriteStream({ flush: true }));
    await chmod(draft, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** A key file that is there already stays: it may open what the one of the backup does not. */
async function putMasterKeys({ backup, masterKeysFile }: RestoreOptions, opener: Opener | undefined): Promise<void> {
  const { masterKeys } = backup.manifest;
  if (!masterKeys || (await sha256Of(masterKeysFile).catch(() => "")) !== "") return;
  await mkdir(dirname(masterKeysFile), { recursive: true, mode: 0o700 });
  await writeWhole(
    masterKeysFile,
    readPart(masterKeys, { folder: backup.folder, open: opener, compressed: false }),
    0o600,
  );
}
