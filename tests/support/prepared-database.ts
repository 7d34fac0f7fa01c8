import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { connectionUrl } from "../../packages/server/src/db/connection.ts";
import { migrate } from "../../packages/server/src/db/migrate.ts";
import { readMigrations } from "../../packages/server/src/db/migration-files.ts";
import { startEmbeddedPostgres } from "../../packages/server/src/drivers/postgres/index.ts";
import { reachableRoot } from "../../packages/server/src/drivers/process/reachable.ts";
import { silentLogger } from "../../packages/server/src/kernel/logger.ts";
import { makeOnce } from "./make-once.ts";
import { sharedRunner } from "./shared-environments.ts";

const run = promisify(execFile);
const manifest = join(import.meta.dirname, "..", "..", "packages", "server", "package.json");

/**
 * Gives a platform that is about to start for the first time a database that initdb and all migrations went over, which
 * take half of such a start. It has no row of anybody: whoever starts on it makes admin, keys and tokens as ever. It does
 * not wait for the disk, because what tests kill are processes and never the machine.
 */
export async function prepareDatabase(home: string): Promise<void> {
  const shared = await sharedRunner();
  const root = await reachableRoot(home);
  if (shared === undefined || existsSync(join(root, "postgres"))) return;
  const prepared = await makeOnce(join(shared, "databases"), await digestOfSchema(), make);
  // with its owner: root's PostgreSQL runs as another user
  await run("cp", ["-a", join(prepared, "postgres"), root]);
}

async function make(folder: string): Promise<void> {
  const server = await startEmbeddedPostgres({ dataFolder: folder, log: silentLogger, durable: false });
  await migrate(connectionUrl(server.connection)).finally(() => server.stop());
  await appendFile(join(folder, "postgres", "data", "postgresql.auto.conf"), "fsync = off\n");
}

/** Changes with the migrations and the version of PostgreSQL. */
async function digestOfSchema(): Promise<string> {
  const { optionalDependencies } = JSON.parse(await readFile(manifest, "utf8")) as Record<string, unknown>;
  const migrations = (await readMigrations()).map(({ name, sha256 }) => [name, sha256]);
  return createHash("sha256")
    .update(JSON.stringify([optionalDependencies, migrations]))
    .digest("hex")
    .slice(0, 12);
}
