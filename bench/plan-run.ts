/**
 * How long it takes until every step of a wide run waits for a runner, and how many queries that takes:
 *
 *     node bench/plan-run.ts [--steps 1000]
 *
 * The same twice: nothing is known of the steps, and all of them are in the cache.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { connectionUrl } from "../packages/server/src/db/connection.ts";
import { migrate } from "../packages/server/src/db/migrate.ts";
import { openDatabase } from "../packages/server/src/db/open-database.ts";
import { startEmbeddedPostgres } from "../packages/server/src/drivers/postgres/index.ts";
import { silentLogger } from "../packages/server/src/kernel/logger.ts";
import { createFakeRunner } from "../packages/server/src/modules/pipelines/testing/fake-runner.ts";
import { wideProject } from "../packages/server/src/modules/pipelines/testing/test-project.ts";
import { createTestWorld, type TestWorld } from "../packages/server/src/modules/pipelines/testing/test-world.ts";

const { values } = parseArgs({ options: { steps: { type: "string", default: "1000" } } });
const width = Number(values.steps);
const queries = countQueries();

const folder = await mkdtemp(join(tmpdir(), "pave-bench-"));
const server = await startEmbeddedPostgres({ dataFolder: folder, log: silentLogger });
const url = connectionUrl({ ...server.connection, database: "postgres" });
await migrate(url);
const database = openDatabase(url);
const world = await createTestWorld("flights", { database, drop: () => database.close() });
try {
  await world.push(wideProject(width));
  await plan(world, "nothing known");
  const runner = createFakeRunner(world, ({ step }) => ({ outputs: { table: `table of ${step}` } }));
  await runner.drain(world.pipelines);
  await plan(world, "all in the cache");
} finally {
  await world.drop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function plan(world: TestWorld, what: string): Promise<void> {
  const started = await measure(() => world.start("wide"));
  const advanced = await measure(() => world.pipelines.tickRuns(world.ctx));
  process.stdout.write(`${width} steps, ${what}: start ${said(started)}, advance ${said(advanced)}\n`);
}

function said({ ms, count }: { ms: number; count: number }): string {
  return `${(ms / 1000).toFixed(2)} s in ${count} queries`;
}

async function measure(fn: () => Promise<unknown>): Promise<{ ms: number; count: number }> {
  const before = queries.count;
  const began = performance.now();
  await fn();
  return { ms: performance.now() - began, count: queries.count - before };
}

function countQueries(): { count: number } {
  const counter = { count: 0 };
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    counter.count += 1;
    return Reflect.apply(query, this, given);
  } as typeof query;
  return counter;
}
