/*
 * A logical copy by COPY, because the embedded server has no pg_dump. One connection keeps a snapshot open and locks no
 * table; the others take it over for one table after the other, so that a lock lasts as long as that table is read and
 * keeps no writer waiting. What is committed after the snapshot is not in the backup, whatever is read when.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { clientConfig, type DatabaseAddress } from "../../db/connection.ts";
import { must } from "../../kernel/pave-error.ts";
import type { Sealer } from "./encryption.ts";
import type { Manifest, TablePart } from "./manifest.ts";
import { writePart } from "./parts.ts";
import { type TableToCopy, tablesToCopy } from "./table-list.ts";

export interface Snapshot {
  /** In the snapshot; locks nothing that is not read. */
  readonly client: pg.Client;
  readonly name: string;
  close(): Promise<void>;
}

const begin = "begin isolation level repeatable read read only";

export async function openSnapshot(address: DatabaseAddress): Promise<Snapshot> {
  const client = await connectPatiently(address);
  await client.query(begin);
  const { rows } = await client.query<{ name: string }>("select pg_export_snapshot() as name");
  return { client, name: must(rows[0], "the snapshot's name").name, close: () => client.end() };
}

/** A connection that no time limit of ours ends: a table may take long. */
export async function connectPatiently(address: DatabaseAddress): Promise<pg.Client> {
  const client = new pg.Client({
    ...clientConfig(address, { applicationName: "pave backup", statementTimeoutMs: 0 }),
    idle_in_transaction_session_timeout: 0,
  });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

export interface ExportOptions {
  readonly address: DatabaseAddress;
  readonly folder: string;
  readonly seal?: Sealer | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly assertRoom?: (() => Promise<void>) | undefined;
  onTable?(table: string, done: number, total: number): void;
}

/** How many tables are read at once. */
const readers = 2;

export async function exportDatabase(snapshot: Snapshot, options: ExportOptions): Promise<Manifest["database"]> {
  await mkdir(join(options.folder, "tables"), { mode: 0o700 });
  const tables = await tablesToCopy(snapshot.client);
  const facts = await readFacts(snapshot.client);
  const waiting = [...tables];
  const parts: TablePart[] = [];
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const read = async () => {
    const client = await connectPatiently(options.address);
    try {
      for (let table = waiting.shift(); table && !failed.signal.aborted; table = waiting.shift()) {
        options.onTable?.(table.table, tables.length - waiting.length - 1, tables.length);
        const part = await exportTable(client, snapshot.name, table, { ...options, signal });
        if (part) parts.push(part);
      }
    } catch (error) {
      failed.abort();
      throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: readers }, read));
  const errors = results.flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
  const told = errors.find(({ name }) => name !== "AbortError") ?? errors[0];
  if (told) throw told;
  return { ...facts, tables: parts.sort((a, b) => (a.table < b.table ? -1 : 1)) };
}

/** Undefined for a partition that was dropped since the snapshot: its rows were too old to keep. */
async function exportTable(
  client: pg.Client,
  snapshot: string,
  { table, columns, partition }: TableToCopy,
  { folder, seal, signal, assertRoom }: ExportOptions,
): Promise<TablePart | undefined> {
  await client.query(begin);
  try {
    await client.query(`set transaction snapshot ${client.escapeLiteral(snapshot)}`);
    const names = columns.map((column) => client.escapeIdentifier(column)).join(", ");
    const stream = client.query(copyTo(`copy public.${client.escapeIdentifier(table)} (${names}) to stdout`));
    const lines = createLineCount();
    const counted = pipeline(stream, lines.through, { signal });
    counted.catch(() => undefined);
    const part = await writePart(lines.through, {
      folder,
      file: `tables/${table}.zst${seal ? ".age" : ""}`,
      ...{ seal, signal, assertRoom },
    });
    await counted;
    return { ...part, table, columns: [...columns], rows: lines.count(), partition };
  } catch (error) {
    if (partition && (error as { code?: string }).code === "42P01") return undefined;
    throw error;
  } finally {
    await client.query("commit").catch(() => undefined);
  }
}

/** COPY's text has a line for each row: newlines in values are escaped. */
function createLineCount() {
  let lines = 0;
  return {
    through: new Transform({
      transform(chunk: Buffer, _encoding, done) {
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
        done(null, chunk);
      },
    }),
    count: () => lines,
  };
}

async function readFacts(client: pg.Client): Promise<Omit<Manifest["database"], "tables">> {
  const one = async <T extends pg.QueryResultRow>(text: string) => (await client.query<T>(text)).rows;
  const [server] = await one<{ version: string }>("select current_setting('server_version') as version");
  return {
    server: must(server, "the server's version").version,
    migrations: await one("select number, name, sha256 from pave_migrations order by number"),
    sequences: await one(
      `select sequencename as name, last_value::text as value from pg_sequences
       where schemaname = 'public' and last_value is not null order by sequencename`,
    ),
    schemas: await one(
      `select n.nspname as name, d.description as comment,
         (select count(*) from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm'))::integer as relations
       from pg_namespace n join pg_description d on d.objoid = n.oid and d.classoid = 'pg_namespace'::regclass
       where d.description like 'Pave: %' order by n.nspname`,
    ),
  };
}
