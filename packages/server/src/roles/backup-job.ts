import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { signingKey } from "@pave/contract/ledger";
import type { Config } from "../config.ts";
import type { DatabaseAddress } from "../db/connection.ts";
import { findRunningPostgres, hasPostgres, startEmbeddedPostgres } from "../drivers/postgres/index.ts";
import { lockDataFolder, reachableRoot } from "../drivers/process/index.ts";
import { checkModel } from "../gateway/check-model/check-model.ts";
import type { Logger } from "../kernel/logger.ts";
import { PaveError } from "../kernel/pave-error.ts";
import { openStores } from "../modules/artifacts/index.ts";
import {
  type BackupJob,
  createBackup,
  drillBackup,
  findBackup,
  type JobResult,
  jobSchema,
  restoreBackup,
  summaryOf,
  verifyFiles,
} from "../modules/backups/index.ts";
import { masterKeysFile, storeSettings } from "../settings-of.ts";
import { restoreMark } from "./unfinished-restore.ts";

export interface JobOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
  onProgress(text: string, done: number, total: number): void;
}

/** The job on standard input, done in this process: what the worker and the terminal client start for backups. */
export async function readJob(): Promise<BackupJob> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdin.pause();
    return jobSchema.parse(JSON.parse(line));
  }
  throw new Error("Expected a job on standard input");
}

export async function doJob(job: BackupJob, config: Config, options: JobOptions): Promise<JobResult> {
  switch (job.do) {
    case "create":
      return create(job, config, options);
    case "verify": {
      const backup = await findBackup(job.target, job.id, await trusted(job.trustKeyFile));
      const { files, bytes } = await verifyFiles(backup, { ...options, setAside: true });
      return {
        id: backup.manifest.id,
        summary: summaryOf(backup.manifest),
        findings: [`all ${files} files with ${bytes} bytes are as they were written`],
      };
    }
    case "drill": {
      const backup = await findBackup(job.target, job.id);
      const database = await openDatabase(job.address, config, options.log);
      try {
        const findings = await drillBackup({
          ...{ backup, keys: job, address: database.address },
          ...{ signal: options.signal, onProgress: options.onProgress },
          checkModel: (folder) => checkModel(folder, { signal: options.signal }),
        });
        return { id: backup.manifest.id, findings };
      } finally {
        await database.close();
      }
    }
    case "restore":
      return restore(job, config, options);
  }
}

/** A bucket that could not be reached is an error here: nobody will need it later. */
async function storesOf(config: Config) {
  const { store, older, warning } = await openStores(storeSettings(config));
  if (warning) throw new PaveError("artifact.store_unreachable", warning, { fix: "Try again when it can be reached" });
  return { store, olderStores: older };
}

async function create(job: BackupJob & { do: "create" }, config: Config, options: JobOptions): Promise<JobResult> {
  const database = await openDatabase(job.address, config, options.log);
  try {
    const manifest = await createBackup({
      ...job,
      address: database.address,
      ...(await storesOf(config)),
      resourcesFolder: join(config.dataFolder, "resources"),
      ...{ signal: options.signal, onProgress: options.onProgress },
    });
    return { id: manifest.id, folder: join(job.target, manifest.id), summary: summaryOf(manifest) };
  } finally {
    await database.close();
  }
}

interface OpenDatabase {
  readonly address: DatabaseAddress;
  close(): Promise<unknown>;
}

/** Of the platform that runs; of one that does not, its own database is started for as long as this takes. */
async function openDatabase(given: DatabaseAddress | undefined, config: Config, log: Logger): Promise<OpenDatabase> {
  const none = async () => undefined;
  if (given) return { address: given, close: none };
  if (config.databaseUrl !== "embedded") return { address: config.databaseUrl, close: none };
  const running = await findRunningPostgres(config.dataFolder);
  if (running) return { address: running, close: none };
  if (!(await hasPostgres(config.dataFolder)))
    throw new PaveError("backup.failed", `${config.dataFolder}: there is no platform in this data folder`, {
      fix: "Name the platform's data folder with PAVE_HOME, or its database with PAVE_DATABASE_URL",
    });
  return startOwn(config, log);
}

async function startOwn(config: Config, log: Logger): Promise<OpenDatabase> {
  const lock = await lockDataFolder(config.dataFolder);
  try {
    const postgres = await startEmbeddedPostgres({ dataFolder: config.dataFolder, log });
    return {
      address: postgres.connection,
      close: () => postgres.stop().finally(() => lock.release()),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Into this data folder and its database. One that failed in a folder that held nothing leaves nothing. */
async function restore(job: BackupJob & { do: "restore" }, config: Config, options: JobOptions): Promise<JobResult> {
  const { dataFolder } = config;
  const backup = await findBackup(job.target, job.id, await trusted(job.trustKeyFile));
  const embedded = config.databaseUrl === "embedded";
  const wasEmpty = embedded && !(await hasPostgres(dataFolder));
  try {
    const restored = await restoreBackup({
      ...{ backup, keys: job, dataFolder, replace: job.replace === true },
      ...{ exclusive: embedded, markFile: restoreMark(dataFolder) },
      masterKeysFile: masterKeysFile(config),
      ...{ signal: options.signal, onProgress: options.onProgress },
      openDatabase: () => (embedded ? startOwn(config, options.log) : openDatabase(undefined, config, options.log)),
      openStore: async () => (await storesOf(config)).store,
    });
    return {
      id: restored.backup,
      folder: dataFolder,
      summary: summaryOf(backup.manifest),
      findings: [...restored.findings],
    };
  } catch (error) {
    if (wasEmpty) await removeWhatWasMade(dataFolder);
    throw error;
  }
}

async function removeWhatWasMade(dataFolder: string): Promise<void> {
  const made = [join(await reachableRoot(dataFolder), "postgres")];
  for (const name of ["artifacts", "resources", "master-keys"]) made.push(join(dataFolder, name));
  made.push(restoreMark(dataFolder));
  for (const path of made) await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

async function trusted(path: string | undefined) {
  if (!path) return undefined;
  const key = signingKey(await readFile(path, "utf8").catch(() => ""));
  if (key) return key;
  throw new PaveError("request.invalid", `${path}: expected the ledger's public key as PEM`, {
    fix: "Keep the ledger-key.pem of the platform's data folder apart from its backups, and name that",
  });
}
