import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../drivers/postgres/embedded-postgres.ts";
import { stopLeftoverPostgres } from "../drivers/postgres/stop-leftover.ts";
import { processStartTime } from "../drivers/process/process-life.ts";
import { silentLogger } from "../kernel/logger.ts";
import { messageOf } from "../kernel/pave-error.ts";
import { connectionUrl, withDatabase } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { memoryFolder } from "./test-memory.ts";
import { announceTestServer, type TestServer } from "./test-server.ts";

const folderPrefix = "pave-test-server-";

/** Starts the server of the test run in the background; gives the function that ends it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const inMemory = await memoryFolder();
  for (const parent of new Set([tmpdir(), inMemory ?? tmpdir()])) await removeLeftovers(parent);
  const folder = await mkdtemp(join(inMemory ?? tmpdir(), `${folderPrefix}${process.pid}-`));
  // Open, so that the server's user gets through when tests run as root.
  await chmod(folder, 0o755);
  project.provide("paveTestFolder", folder);
  const started = start(folder).catch(async (error: unknown) => {
    await announceTestServer(folder, { error: messageOf(error) });
  });
  return async () => {
    await (await started)?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

async function start(folder: string): Promise<{ stop(): Promise<void> }> {
  // biome-ignore lint/style/noProcessEnv: the switch to an outside server, for tests only
  const outside = process.env.PAVE_TEST_DATABASE_URL;
  if (outside !== undefined) {
    const testServer = await prepare(folder, outside);
    return { stop: () => dropAll(testServer) };
  }
  const server = await startEmbeddedPostgres({ dataFolder: folder, log: silentLogger, durable: false });
  await prepare(folder, connectionUrl({ ...server.connection, database: "postgres" }));
  return server;
}

async function prepare(folder: string, url: string): Promise<TestServer> {
  const prefix = `pave_test_${process.pid}_${Date.now().toString(36)}`;
  const testServer = { url, prefix, template: `${prefix}_template` };
  await execute(url, `create database ${testServer.template}`);
  await migrate(withDatabase(url, testServer.template));
  await announceTestServer(folder, testServer);
  return testServer;
}

async function dropAll({ url, prefix }: TestServer): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>(
    "select datname from pg_database where starts_with(datname, $1)",
    [prefix],
  );
  for (const { datname } of rows) await client.query(`drop database ${datname} with (force)`);
  await client.end();
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** Servers and folders of test runs that were killed. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(folderPrefix) ? Number(name.slice(folderPrefix.length).split("-")[0]) : Number.NaN;
    if (!Number.isInteger(pid) || (await processStartTime(pid))) continue;
    const folder = join(parent, name);
    await stopLeftoverPostgres(folder).catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}
