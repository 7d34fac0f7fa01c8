/*
 * Puts a backup's rows into an empty database, in one transaction: killed at any point, the database is as empty as it
 * was. The tables are made by the migrations that the backup names, each of which must be one of ours, byte by byte.
 */
import { pipeline } from "node:stream/promises";
import { counted } from "@pave/contract";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { createTable, lockKey } from "../../db/migrate.ts";
import { readMigrations } from "../../db/migration-files.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { unreadable } from "./backup-errors.ts";
import type { Opener } from "./encryption.ts";
import type { Manifest, TablePart } from "./manifest.ts";
import { readPart } from "./parts.ts";
import type { FoundBackup } from "./target.ts";

export interface LoadOptions {
  readonly open: Opener | undefined;
  /** Removes what is there. */
  readonly replace?: boolean;
  readonly signal?: AbortSignal | undefined;
  onTable?(done: number, total: number): void;
  /** More changes in the same transaction, once the rows are there. */
  afterwards?(client: pg.Client): Promise<void>;
}

export async function loadDatabase(client: pg.Client, backup: FoundBackup, options: LoadOptions): Promise<void> {
  const { manifest } = backup;
  const migrations = await migrationsOf(manifest, backup.folder);
  await client.query("begin");
  try {
    await client.query("select pg_advisory_xact_lock($1)", [lockKey]);
    if (options.replace) await client.query("drop schema public cascade; create schema public");
    await assertNoTables(client);
    await createTable(client);
    for (const one of migrations) {
      await client.query(one.sql);
      await client.query("insert into pave_migrations (number, name, sha256, min_code) values ($1, $2, $3, $4)", [
        one.number,
        one.name,
        one.sha256,
        one.minCode ?? null,
      ]);
    }
    await loadRows(client, backup, options);
    await options.afterwards?.(client);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
  await client.query("analyze");
}

/** Throws `backup.newer` where the backup was made by migrations that this code does not have. */
export async function migrationsOf(manifest: Manifest, where: string) {
  const known = new Map((await readMigrations()).map((one) => [one.number, one]));
  return manifest.database.migrations.map(({ number, name, sha256 }) => {
    const ours = known.get(number);
    if (ours?.name === name && ours.sha256 === sha256) return ours;
    const found = ours
      ? `its migration ${name} is another than ours`
      : `it needs migration ${name}, which this Pave does not have`;
    throw unreadable(where, `it was made by Pave ${manifest.pave}; ${found}`, "newer");
  });
}

async function assertNoTables(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ tables: number }>(
    `select count(*)::integer as tables from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')`,
  );
  if (rows[0]?.tables === 0) return;
  throw new PaveError(
    "restore.not_empty",
    `The database is not empty: it has ${counted(rows[0]?.tables ?? 0, "table")}`,
    {
      fix: "Restore into an empty one, or add --replace to remove what is there",
    },
  );
}

async function loadRows(client: pg.Client, backup: FoundBackup, options: LoadOptions): Promise<void> {
  const { tables, sequences } = backup.manifest.database;
  const own = await ownTables(client);
  await makePartitions(client, tables, own, backup.folder);
  const keys = await dropForeignKeys(client);
  await client.query(
    `truncate ${[...own.keys()]
      .filter((name) => name !== "pave_migrations")
      .map(quoted)
      .join(", ")}`,
  );
  for (const [at, part] of tables.entries()) {
    options.signal?.throwIfAborted();
    options.onTable?.(at, tables.length);
    await loadTable(client, backup, part, options);
  }
  for (const { name, value } of sequences)
    await client.query("select setval($1::regclass, $2::bigint)", [`public.${quoted(name)}`, value]);
  for (const { table, name, definition } of keys)
    await client.query(`alter table ${quoted(table)} add constraint ${quoted(name)} ${definition}`);
}

async function loadTable(
  client: pg.Client,
  { folder }: FoundBackup,
  part: TablePart,
  { open, signal }: LoadOptions,
): Promise<void> {
  const columns = part.columns.map(quoted).join(", ");
  const target = client.query(copyFrom(`copy public.${quoted(part.table)} (${columns}) from stdin`));
  await pipeline(readPart(part, { folder, open }), target, { signal }).catch((error: Error & { code?: string }) => {
    if (error.name === "PaveError" || error.name === "AbortError" || /^(53|08|57)/.test(error.code ?? "")) throw error;
    throw unreadable(folder, `the rows of ${part.table} do not fit its table: ${error.message}`);
  });
  if (target.rowCount === part.rows) return;
  throw unreadable(folder, `expected ${counted(part.rows, "row")} of ${part.table}, found ${target.rowCount}`);
}

/** Names of tables, with whether they are partitioned. */
async function ownTables(client: pg.Client): Promise<Map<string, boolean>> {
  const { rows } = await client.query<{ name: string; split: boolean }>(
    `select relname as name, relkind = 'p' as split from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`,
  );
  return new Map(rows.map(({ name, split }) => [name, split]));
}

/** Days have partitions that no migration makes. */
async function makePartitions(
  client: pg.Client,
  tables: readonly TablePart[],
  own: Map<string, boolean>,
  where: string,
): Promise<void> {
  for (const { table, partition } of tables) {
    if (own.has(table)) continue;
    if (!partition || own.get(partition.of) !== true) throw unreadable(where, `its table ${table} is none of ours`);
    await client.query(`create table ${quoted(table)} partition of ${quoted(partition.of)} ${partition.bounds}`);
    own.set(table, false);
  }
}

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/** They come back once all rows are there and are checked then: no order of tables would satisfy all of them. */
async function dropForeignKeys(client: pg.Client): Promise<readonly ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `select c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     where k.contype = 'f' and k.conparentid = 0 and c.relnamespace = 'public'::regnamespace order by 1, 2`,
  );
  for (const { table, name } of rows)
    await client.query(`alter table ${quoted(table)} drop constraint ${quoted(name)}`);
  return rows;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
