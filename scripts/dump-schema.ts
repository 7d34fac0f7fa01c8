/*
 * Writes packages/server/src/db/schema.sql and tables.ts from the migrations: node scripts/dump-schema.ts
 * With --check it writes nothing and fails when they are not up to date. With --url <postgres://…> it migrates that
 * empty database instead of an embedded one of its own.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { DatabaseAddress } from "../packages/server/src/db/connection.ts";
import { checkSchemaFiles, writeSchemaFiles } from "../packages/server/src/db/schema-files.ts";
import { startEmbeddedPostgres } from "../packages/server/src/drivers/postgres/embedded-postgres.ts";
import { removeReachableRoot } from "../packages/server/src/drivers/process/reachable.ts";
import { silentLogger } from "../packages/server/src/kernel/logger.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false }, url: { type: "string" } } });

if (values.url === undefined) await withThrowAwayDatabase(run);
else await run(values.url);

async function run(address: DatabaseAddress): Promise<void> {
  if (!values.check) {
    for (const path of await writeSchemaFiles(address)) console.log(`wrote ${path}`);
    return;
  }
  const stale = await checkSchemaFiles(address);
  for (const path of stale)
    console.error(`error: ${path}: differs from the migrations; run: node scripts/dump-schema.ts`);
  process.exitCode = stale.length === 0 ? 0 : 1;
}

async function withThrowAwayDatabase(fn: (address: DatabaseAddress) => Promise<void>): Promise<void> {
  const dataFolder = await mkdtemp(join(tmpdir(), "pave-schema-"));
  const server = await startEmbeddedPostgres({ dataFolder, log: silentLogger, durable: false });
  try {
    await fn(server.connection);
  } finally {
    await server.stop();
    await removeReachableRoot(dataFolder);
    await rm(dataFolder, { recursive: true, force: true });
  }
}
