/**
 * How fast a backup and a restore are, and how much memory they take however large the database is:
 *
 *     node bench/backup.ts [--megabytes 1000] [--blobs 200] [--encrypt]
 *
 * Rows of logs and metrics fill the database, random bytes the artifact store. Memory is the most that this process, which
 * makes the backup, had resident (VmHWM); the limit is 400 MB, some 130 of which are Node and this program.
 */
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import pg from "pg";
import { createContext } from "../packages/server/src/db/context.ts";
import { migrate } from "../packages/server/src/db/migrate.ts";
import { openDatabase } from "../packages/server/src/db/open-database.ts";
import { startEmbeddedPostgres } from "../packages/server/src/drivers/postgres/index.ts";
import { silentLogger } from "../packages/server/src/kernel/logger.ts";
import { systemClock } from "../packages/server/src/kernel/time.ts";
import { createArtifacts, createFolderStore, loadSigningKey } from "../packages/server/src/modules/artifacts/index.ts";
import { createBackup, findBackup, restoreBackup } from "../packages/server/src/modules/backups/index.ts";
import { ledgerKey } from "../packages/server/src/modules/ledger/index.ts";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "1000" },
    blobs: { type: "string", default: "200" },
    encrypt: { type: "boolean", default: false },
  },
});
const [megabytes, blobs] = [Number(values.megabytes), Number(values.blobs)];
const limitBytes = 400e6;

const base = await mkdtemp(join(tmpdir(), "pave-bench-backup-"));
await chmod(base, 0o755);
const server = await startEmbeddedPostgres({ dataFolder: join(base, "home"), log: silentLogger });
try {
  await migrate(server.connection);
  const { store, size } = await fill();
  const passphraseFile = join(base, "passphrase");
  await writeFile(passphraseFile, "correct horse battery");
  const target = join(base, "backups");
  const make = (label: string) =>
    timed(label, () =>
      createBackup({
        ...{ address: server.connection, store, target, resourcesFolder: join(base, "none") },
        ...(values.encrypt ? { passphraseFile } : {}),
      }),
    );
  const first = await make("first backup");
  const second = await make("second backup, nothing new");
  const rows = first.database.tables.reduce((sum, { rows }) => sum + rows, 0);
  const stored = first.database.tables.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(
    `database ${mega(size)}, ${rows} rows, ${mega(stored)} in the backup; artifacts ${mega(first.blobs.totalBytes)}`,
  );
  if (second.blobs.newCount !== 0) throw new Error(`the second backup copied ${second.blobs.newCount} blobs`);

  const client = new pg.Client({ ...server.connection });
  await client.connect();
  await client.query("create database restored");
  await client.end();
  const folder = join(base, "restored");
  const into = await createFolderStore({ folder: join(folder, "artifacts") });
  await timed("restore", async () =>
    restoreBackup({
      ...{ backup: await findBackup(target, second.id), dataFolder: folder, markFile: join(folder, "restore.json") },
      masterKeysFile: join(folder, "master-keys"),
      keys: values.encrypt ? { passphraseFile } : {},
      openDatabase: async () => ({
        address: { ...server.connection, database: "restored" },
        close: async () => undefined,
      }),
      openStore: async () => into,
    }),
  );
  const most = await mostResident();
  console.log(`most resident: ${mega(most)}, limit ${mega(limitBytes)}`);
  if (most > limitBytes) process.exitCode = 1;
} finally {
  await server.stop();
  await rm(base, { recursive: true, force: true });
}

async function fill() {
  const database = openDatabase(server.connection, { statementTimeoutMs: 0 });
  const ctx = createContext(database, { log: silentLogger });
  await ledgerKey(ctx);
  const each = Math.ceil((megabytes * 1e6) / 2);
  await database.pool.query(
    `insert into attempt_logs (attempt_id, log_offset, time, stream, text)
     select 'a' || n % 100, n, now(), 'stdout', repeat(md5(n::text), 8) from generate_series(1, $1::bigint) n`,
    [Math.ceil(each / 400)],
  );
  await database.pool.query(
    `insert into profile_windows (deployment_id, release_id, profile, start, seconds, rows, cells, sums, minima, maxima)
     select 'd', 'r', n::text, now(), 10, n, (select array_agg(random()) from generate_series(1, 20 + n % 2)), '{1}', '{1}', '{1}'
     from generate_series(1, $1::bigint) n`,
    [Math.ceil(each / 400)],
  );
  const store = await createFolderStore({ folder: join(base, "home", "artifacts") });
  const artifacts = createArtifacts({ store, signingKey: await loadSigningKey(ctx), clock: systemClock });
  for (let number = 0; number < blobs; number += 1)
    await artifacts.storeBlob(ctx, Readable.from([randomBytes(1e6)], { objectMode: false }));
  const { rows } = await database.pool.query<{ size: string }>("select pg_database_size(current_database()) as size");
  await database.close();
  return { store, size: Number(rows[0]?.size) };
}

async function timed<T>(label: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${label}: ${seconds.toFixed(1)} s, ${mega((megabytes + blobs) / seconds / 1e-6)}/s; resident so far ${mega(await mostResident())}`,
  );
  return result;
}

async function mostResident(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
