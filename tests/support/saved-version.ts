import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import pg from "pg";
import { connectionUrl } from "../../packages/server/src/db/connection.ts";
import { migrate } from "../../packages/server/src/db/migrate.ts";
import { readMigrations } from "../../packages/server/src/db/migration-files.ts";
import { startEmbeddedPostgres } from "../../packages/server/src/drivers/postgres/index.ts";
import { silentLogger } from "../../packages/server/src/kernel/logger.ts";

/** A platform as some version of Pave left it: rows of every table as JSON, the artifacts, and what it had answered. */
export interface SavedVersion {
  readonly version: string;
  /** Names of the migrations that its database had. */
  readonly migrations: readonly string[];
  readonly partitions: readonly { readonly name: string; readonly parent: string; readonly bound: string }[];
  /** By table, each a row as PostgreSQL writes it in JSON. */
  readonly rows: Readonly<Record<string, readonly string[]>>;
  /** By sequence, the last number that was taken. */
  readonly sequences: Readonly<Record<string, string>>;
  /** By path in the data folder, as base64. */
  readonly files: Readonly<Record<string, string>>;
  readonly answer: unknown;
}

export async function readSavedVersion(file: string): Promise<SavedVersion> {
  return JSON.parse(gunzipSync(await readFile(file)).toString("utf8")) as SavedVersion;
}

/** Runs something on the database of a platform that has stopped. */
export async function withDatabaseOf<T>(home: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const server = await startEmbeddedPostgres({ dataFolder: home, log: silentLogger });
  const client = new pg.Client({ connectionString: connectionUrl(server.connection) });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
    await server.stop();
  }
}

const parts = ["artifacts", "ledger"];

/** Of a platform that has stopped. */
export async function saveVersion(home: string, file: string, answer: unknown): Promise<void> {
  const files: Record<string, string> = {};
  for (const part of parts) {
    const entries = await readdir(join(home, part), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const path of entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)))
      files[relative(home, path)] = (await readFile(path)).toString("base64");
  }
  const database = await withDatabaseOf(home, dump);
  const { version } = JSON.parse(
    await readFile(join(import.meta.dirname, "..", "..", "packages", "server", "package.json"), "utf8"),
  ) as { version: string };
  const saved: SavedVersion = { version, ...database, files, answer };
  await writeFile(file, gzipSync(JSON.stringify(saved), { level: 9 }));
}

async function dump(
  client: pg.Client,
): Promise<Pick<SavedVersion, "migrations" | "partitions" | "rows" | "sequences">> {
  const all = async <T>(sql: string) => (await client.query(sql)).rows as T[];
  const tables = await all<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and not relispartition and relname <> 'pave_migrations' order by relname`,
  );
  const rows: Record<string, string[]> = {};
  for (const { name } of tables) {
    const found = await all<{ row: string }>(`select row_to_json(t)::text as row from ${name} t`);
    if (found.length > 0) rows[name] = found.map(({ row }) => row);
  }
  const sequences = await all<{ name: string; last: string }>(
    "select sequencename as name, coalesce(last_value, 0)::text as last from pg_sequences where schemaname = 'public'",
  );
  return {
    migrations: (await all<{ name: string }>("select name from pave_migrations order by number")).map(
      ({ name }) => name,
    ),
    partitions: await all(
      `select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound
         from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
         where c.relispartition and c.relkind = 'r' order by c.relname`,
    ),
    rows,
    sequences: Object.fromEntries(sequences.map(({ name, last }) => [name, last])),
  };
}

/** Lays a data folder out as that version left it; gives the migrations that are new since then. */
export async function layOut(saved: SavedVersion, home: string): Promise<readonly string[]> {
  for (const [path, content] of Object.entries(saved.files)) {
    await mkdir(dirname(join(home, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(home, path), Buffer.from(content, "base64"), { mode: 0o600 });
  }
  const server = await startEmbeddedPostgres({ dataFolder: home, log: silentLogger });
  const then = await mkdtemp(join(tmpdir(), "pave-migrations-"));
  const client = new pg.Client({ connectionString: connectionUrl(server.connection) });
  try {
    const known = await readMigrations();
    for (const { name, sql } of known)
      if (saved.migrations.includes(name)) await writeFile(join(then, `${name}.sql`), sql);
    await migrate(server.connection, { folder: then });
    await client.connect();
    await load(client, saved);
    return known.map(({ name }) => name).filter((name) => !saved.migrations.includes(name));
  } finally {
    await client.end();
    await server.stop();
    await rm(then, { recursive: true });
  }
}

async function load(client: pg.Client, { rows, partitions, sequences }: SavedVersion): Promise<void> {
  await client.query("begin");
  // rows come in no order, and their triggers have done their work already
  await client.query("set local session_replication_role = replica");
  for (const { name, parent, bound } of partitions)
    await client.query(`create table if not exists ${name} partition of ${parent} ${bound}`);
  for (const [table, lines] of Object.entries(rows)) {
    await client.query(`delete from ${table}`);
    await client.query(
      `insert into ${table} overriding system value select * from json_populate_recordset(null::${table}, $1)`,
      [`[${lines.join(",")}]`],
    );
  }
  for (const [name, last] of Object.entries(sequences))
    if (last !== "0") await client.query("select setval($1::regclass, $2)", [name, last]);
  await client.query("commit");
}
