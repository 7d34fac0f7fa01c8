import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { counted, type ModelCheck } from "@pave/contract";
import pg from "pg";
import { clientConfig, type DatabaseAddress, type DatabaseConnection, withDatabase } from "../../db/connection.ts";
import { createContext } from "../../db/context.ts";
import { migrate } from "../../db/migrate.ts";
import { openDatabase } from "../../db/open-database.ts";
import { randomText } from "../../kernel/ids.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { checkChain } from "../ledger/index.ts";
import type { KeyFiles, Opener } from "./encryption.ts";
import { connectPatiently } from "./export-database.ts";
import { loadDatabase, migrationsOf } from "./load-database.ts";
import { openerOf, verifyFiles } from "./open-backup.ts";
import type { KeptBlob } from "./pool-names.ts";
import { openBlob } from "./restore-backup.ts";
import { settleRestored } from "./settle.ts";
import { blobLines, type FoundBackup } from "./target.ts";

export interface DrillOptions {
  readonly backup: FoundBackup;
  readonly keys: KeyFiles;
  /** A server that may hold the scratch database for a while. */
  readonly address: DatabaseAddress;
  readonly signal?: AbortSignal | undefined;
  onProgress?(text: string, done: number, total: number): void;
  /** Loads a model's folder in a process of its own and scores the rows recorded with it. */
  checkModel(folder: string): Promise<ModelCheck>;
}

/** What was proved, one sentence each. Throws at what is not so. */
export type Findings = readonly string[];

/** Restores into a database and a folder on the side, looks whether all is there and works, and removes both. */
export async function drillBackup(options: DrillOptions): Promise<Findings> {
  const { backup, signal, onProgress } = options;
  await migrationsOf(backup.manifest, backup.folder);
  const opener = await openerOf(backup, options.keys);
  const files = await verifyFiles(backup, { signal, setAside: true, ...(onProgress ? { onProgress } : {}) });
  const findings = [`${counted(files.files, "file")} with ${files.bytes} bytes are as they were written`];
  const scratch = await makeScratch(options.address);
  try {
    findings.push(...(await inScratch(scratch.address, options, opener)));
    return findings;
  } finally {
    await scratch.remove();
  }
}

async function inScratch(
  address: DatabaseAddress,
  options: DrillOptions,
  opener: Opener | undefined,
): Promise<string[]> {
  const { backup, signal, onProgress } = options;
  const { manifest, folder } = backup;
  const client = await connectPatiently(address);
  try {
    await loadDatabase(client, backup, {
      open: opener,
      signal,
      onTable: (done, total) => onProgress?.("tables", done, total),
      afterwards: (client) =>
        settleRestored(client, manifest, { digests: [], logKeys: [], dataFolder: tmpdir(), store: null }),
    });
  } finally {
    await client.end().catch(() => undefined);
  }
  await migrate(address);
  const { tables } = manifest.database;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const findings = [
    `${counted(rows, "row")} of ${counted(tables.length, "table")} were loaded, with every foreign key`,
  ];
  const database = openDatabase(address, { poolSize: 2 });
  try {
    const ctx = createContext(database, { log: silentLogger });
    const chain = await checkChain(ctx);
    if (chain.problem !== null) throw failed(folder, `its ledger does not hold: ${chain.problem}`);
    if (chain.events !== manifest.ledger.position || (chain.events > 0 && chain.head !== manifest.ledger.head))
      throw failed(folder, `its ledger ends at event ${chain.events}, expected ${manifest.ledger.position}`);
    findings.push(`the ledger's ${counted(chain.events, "sealed event")} form one chain to the head that was signed`);
    findings.push(await tryModel(database.pool, options, opener));
  } finally {
    await database.close();
  }
  return findings;
}

/** The newest release that was live, or else the newest version: its files, and the rows recorded when it was trained. */
async function tryModel(
  pool: pg.Pool,
  { backup, checkModel }: DrillOptions,
  opener: Opener | undefined,
): Promise<string> {
  const { rows } = await pool.query<{
    model: string;
    version: number;
    files: { path: string; digest: string }[];
    live: boolean;
  }>(
    `select v.model, v.version, a.files, d.id is not null as live
     from model_versions v join artifacts a on a.id = v.artifact_id
     left join releases r on r.model = v.model and r.model_version = v.version and r.state = 'active'
     left join deployments d on d.active_release_id = r.id
     where exists (select from jsonb_array_elements(a.files) f where f->>'path' like '%.onnx')
     order by (d.id is not null) desc, v.created_at desc limit 1`,
  );
  const [found] = rows;
  if (!found) return "no model that the gateway runs itself is in it, so none was loaded";
  const lines = new Map<string, KeptBlob>();
  for await (const line of blobLines(backup)) if (line.kind !== "missing") lines.set(line.digest, line);
  const folder = await mkdtemp(join(tmpdir(), "pave-drill-"));
  try {
    for (const { path, digest } of found.files) {
      const line = lines.get(digest.slice("sha256:".length));
      if (!line) throw failed(backup.folder, `${path} of ${found.model} version ${found.version} is not in it`);
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await pipeline(openBlob(backup, line, opener), createWriteStream(join(folder, path)));
    }
    const check = await checkModel(folder);
    if (!check.ok)
      throw failed(backup.folder, `${found.model} version ${found.version} does not work: ${check.problem}`);
    const scored =
      check.rows > 0 ? `${counted(check.rows, "recorded prediction")} came out the same` : "it was loaded and scored";
    return `${found.model} version ${found.version}${found.live ? ", which is live," : ""} was loaded: ${scored}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const failed = (where: string, found: string): PaveError =>
  new PaveError("backup.failed", `${where}: ${found}`, {
    fix: "Make a new backup now with `pave backup` and drill that; keep this one until it passed",
  });

const scratchPrefix = "pave_drill_";

/** A database of its own on the same server. What a killed drill left is removed first. */
async function makeScratch(address: DatabaseAddress): Promise<{ address: DatabaseAddress; remove(): Promise<void> }> {
  const name = `${scratchPrefix}${randomText(10).toLowerCase()}`;
  const client = new pg.Client(clientConfig(address, { applicationName: "pave backup drill", statementTimeoutMs: 0 }));
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select datname as name from pg_database where starts_with(datname, $1) and datdba = current_user::regrole",
      [scratchPrefix],
    );
    for (const { name } of rows) await client.query(`drop database if exists "${name}" with (force)`);
    await client.query(`create database ${name} encoding 'UTF8' template template0`);
  } catch (error) {
    await client.end();
    if ((error as { code?: string }).code !== "42501") throw error;
    throw new PaveError("backup.failed", `The drill may not make a database of its own: ${messageOf(error)}`, {
      fix: "Give the role of PAVE_DATABASE_URL the right CREATEDB, or switch drills off with PAVE_BACKUP_DRILL_EVERY=off",
      cause: error,
    });
  }
  return {
    address: siblingOf(address, name),
    async remove() {
      await client.query(`drop database if exists ${name} with (force)`).catch(() => undefined);
      await client.end().catch(() => undefined);
    },
  };
}

const siblingOf = (address: DatabaseAddress, database: string): DatabaseAddress =>
  typeof address === "string"
    ? withDatabase(address, database)
    : ({ ...address, database } satisfies DatabaseConnection);
