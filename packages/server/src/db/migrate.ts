/*
 * Forward-only migrations, applied by the server itself. Each file is one transaction; a session advisory lock makes
 * servers that start together wait for one another. A file is never edited once it was merged.
 */
import pg from "pg";
import { type Logger, silentLogger } from "../kernel/logger.ts";
import { messageOf, PaveError } from "../kernel/pave-error.ts";
import { clientConfig, type DatabaseAddress, describeAddress } from "./connection.ts";
import { wrapDatabaseError } from "./database-errors.ts";
import { type Migration, readMigrations } from "./migration-files.ts";

/** "pave" in ASCII: the key of the advisory lock. */
export const lockKey = 0x70617665;

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly minCode: number | null;
}

export interface MigrateOptions {
  readonly folder?: string;
  readonly log?: Logger;
}

/** Brings a database up to date and gives the names of what it applied. Safe to call from many servers at once. */
export async function migrate(address: DatabaseAddress, options: MigrateOptions = {}): Promise<readonly string[]> {
  const { log = silentLogger } = options;
  const known = await readMigrations(options.folder);
  const client = new pg.Client(clientConfig(address, { applicationName: "pave migrate", statementTimeoutMs: 0 }));
  client.on("error", () => undefined);
  try {
    await client.connect();
    await assertSupported(client);
    if (pendingOf(known, await readApplied(client)).length === 0) return [];
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    await createTable(client);
    const pending = pendingOf(known, await readApplied(client));
    for (const migration of pending) await apply(client, migration, log);
    return pending.map((migration) => migration.name);
  } catch (error) {
    throw wrapDatabaseError(error, describeAddress(address));
  } finally {
    // Ends the session and with it the lock.
    await client.end().catch(() => undefined);
  }
}

/** What is still to do. Throws when the database was made by other migrations than these. */
function pendingOf(known: readonly Migration[], applied: readonly AppliedMigration[]): readonly Migration[] {
  const byNumber = new Map(known.map((migration) => [migration.number, migration]));
  const newest = known.at(-1)?.number ?? 0;
  for (const row of applied) {
    const migration = byNumber.get(row.number);
    if (migration === undefined) refuseIfBreaking(row, newest);
    else if (migration.sha256 !== row.sha256 || migration.name !== row.name) refuseEdited(migration, row);
  }
  const done = new Set(applied.map((row) => row.number));
  return known.filter((migration) => !done.has(migration.number));
}

function refuseIfBreaking(row: AppliedMigration, newest: number): void {
  if (row.minCode === null || row.minCode <= newest) return;
  throw new PaveError(
    "database.newer",
    `The database was migrated by a newer Pave: ${row.name} needs code that knows migration ${row.minCode}, this one knows ${newest}`,
    { fix: "Start the newer Pave, or restore a backup from before the upgrade" },
  );
}

function refuseEdited(migration: Migration, row: AppliedMigration): never {
  throw new PaveError(
    "database.migration_edited",
    `Migration ${migration.name} differs from ${row.name} that the database has: expected sha256 ${row.sha256.slice(0, 12)}, found ${migration.sha256.slice(0, 12)}`,
    { fix: "Restore the file as it was merged and put the change into a new migration" },
  );
}

async function assertSupported(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number; encoding: string }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::integer as number,
       current_setting('server_encoding') as encoding`,
  );
  const [server] = rows;
  if (server === undefined || (server.number >= 150_000 && server.encoding === "UTF8")) return;
  throw new PaveError(
    "database.platform_unsupported",
    `Expected PostgreSQL 15 or newer with encoding UTF8, found ${server.version} with ${server.encoding}`,
    { fix: "Point PAVE_DATABASE_URL at a newer server: create database pave encoding 'UTF8' template template0" },
  );
}

async function readApplied(client: pg.Client): Promise<readonly AppliedMigration[]> {
  const { rows: found } = await client.query<{ exists: boolean }>(
    "select to_regclass('pave_migrations') is not null as exists",
  );
  if (!found[0]?.exists) return [];
  const { rows } = await client.query<AppliedMigration>(
    `select number, name, sha256, min_code as "minCode" from pave_migrations order by number`,
  );
  return rows;
}

/** Notes which migrations a database has. */
export async function createTable(client: pg.Client): Promise<void> {
  await client.query(`
    create table if not exists pave_migrations (
      number integer primary key,
      name text not null,
      sha256 text not null,
      min_code integer,
      applied_at timestamptz not null default now()
    )`);
}

async function apply(client: pg.Client, migration: Migration, log: Logger): Promise<void> {
  const startedAt = performance.now();
  try {
    await client.query("begin");
    await client.query(migration.sql);
    await client.query("insert into pave_migrations (number, name, sha256, min_code) values ($1, $2, $3, $4)", [
      migration.number,
      migration.name,
      migration.sha256,
      migration.minCode ?? null,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw new Error(`Migration ${migration.name}.sql${lineOf(error, migration.sql)} failed: ${messageOf(error)}`, {
      cause: error,
    });
  }
  log.info(
    { migration: migration.name, milliseconds: Math.round(performance.now() - startedAt) },
    "migrated the database",
  );
}

/** PostgreSQL gives the place as a 1-based character position. */
function lineOf(error: unknown, sql: string): string {
  const position = Number((error as { position?: string }).position);
  return Number.isInteger(position) ? `:${sql.slice(0, position).split("\n").length}` : "";
}
