import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { clientConfig, type DatabaseAddress } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { readCatalog } from "./schema-catalog.ts";
import { schemaText } from "./schema-text.ts";
import { tablesSource } from "./tables-source.ts";

/** Migrates an empty database and gives the files that follow from it, by path. */
async function renderSchemaFiles(address: DatabaseAddress): Promise<ReadonlyMap<string, string>> {
  await migrate(address);
  const client = new pg.Client(
    clientConfig(address, { applicationName: "pave dump-schema", statementTimeoutMs: 30_000 }),
  );
  await client.connect();
  try {
    const catalog = await readCatalog(client);
    return new Map([
      [join(import.meta.dirname, "schema.sql"), schemaText(catalog)],
      [join(import.meta.dirname, "tables.ts"), tablesSource(catalog)],
    ]);
  } finally {
    await client.end();
  }
}

/** Gives the paths that were written. */
export async function writeSchemaFiles(address: DatabaseAddress): Promise<readonly string[]> {
  const files = await renderSchemaFiles(address);
  for (const [path, text] of files) await writeFile(path, text);
  return [...files.keys()];
}

/** Gives the paths whose committed text is not what the migrations make. */
export async function checkSchemaFiles(address: DatabaseAddress): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [path, text] of await renderSchemaFiles(address)) {
    if ((await readFile(path, "utf8").catch(() => "")) !== text) stale.push(path);
  }
  return stale;
}
