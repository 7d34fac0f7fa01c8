import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { type Ctx, createContext } from "../../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/test-database.ts";
import { newId } from "../../../kernel/ids.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { systemClock } from "../../../kernel/time.ts";
import {
  type ArtifactStore,
  type Artifacts,
  createArtifacts,
  createFolderStore,
  loadSigningKey,
} from "../../artifacts/index.ts";
import { ledgerKey, recordEvent, sealLedger, signCheckpoint } from "../../ledger/index.ts";

/** A database and a data folder with something of everything that a backup has to carry. */
export interface FilledPlatform {
  readonly ctx: Ctx;
  readonly db: TestDatabase;
  readonly base: string;
  readonly dataFolder: string;
  readonly store: ArtifactStore;
  readonly artifacts: Artifacts;
  /** A folder below the base. */
  folder(name: string): string;
  remove(): Promise<void>;
}

export async function fillPlatform(): Promise<FilledPlatform> {
  const base = await mkdtemp(join(tmpdir(), "pave-backup-"));
  const dataFolder = join(base, "home");
  const db = await createTestDatabase();
  const ctx = createContext(db.database, { log: silentLogger });
  const store = await createFolderStore({ folder: join(dataFolder, "artifacts") });
  const artifacts = createArtifacts({ store, signingKey: await loadSigningKey(ctx), clock: systemClock });
  await ledgerKey(ctx);
  await fillTables(ctx);
  for (const text of ["one", "two\n", "three\t\\N", "x".repeat(200_000)]) await artifacts.storeBytes(ctx, text);
  const bucket = join(dataFolder, "resources", "flights", "staging", "bucket", "features");
  await mkdir(bucket, { recursive: true });
  await writeFile(join(bucket, "a file.txt"), "kept", { mode: 0o640 });
  return {
    ...{ ctx, db, base, dataFolder, store, artifacts },
    folder: (name) => join(base, name),
    async remove() {
      await db.drop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

async function fillTables(ctx: Ctx): Promise<void> {
  const projectId = newId();
  await ctx.db
    .insertInto("projects")
    .values({ id: projectId, name: "flights", title: "Tabs\tand\nlines \\ \\N", owner: "ops", created_by: "system" })
    .execute();
  await sql`insert into principals (id, kind, name) values ('ada', 'user', 'ada')`.execute(ctx.db);
  for (const kind of ["session", "api"])
    await sql`insert into tokens (id, kind, principal_id, sha256, hint, name, expires_at)
      values (${kind}, ${kind}, 'ada', ${kind}, 'x', 'x', now() + interval '1 day')`.execute(ctx.db);
  await sql`insert into experiments (name, project_id, artifact_location) select 'e' || n, ${projectId}, 'x' from generate_series(1, 50) n`.execute(
    ctx.db,
  );
  // parents and children in one table, the child first
  const run = (id: string, parent: string | null) => sql`
    insert into tracked_runs (run_id, experiment_id, name, principal_id, artifact_uri, parent_run_id)
    values (${id.repeat(32)}, 1, 'r', 'ada', 'x', ${parent?.repeat(32) ?? null})`;
  await run("b", null).execute(ctx.db);
  await run("a", "b").execute(ctx.db);
  await sql`insert into metric_points (run_id, key, step, time, value)
    select repeat('a', 32), 'loss', n, now(), case when n % 7 = 0 then 'NaN'::float8 else 1.0 / n end from generate_series(1, 5000) n`.execute(
    ctx.db,
  );
  // days have partitions that no migration makes
  await sql`create table predictions_20261120 partition of predictions for values from ('2026-11-20T00:00:00Z') to ('2026-11-21T00:00:00Z')`.execute(
    ctx.db,
  );
  await sql`insert into predictions (deployment_id, at, prediction_id, row_number, release_id, score)
    select 'd', '2026-11-20T10:00:00Z', gen_random_uuid(), n, 'r', 0.5 from generate_series(1, 100) n`.execute(ctx.db);
  await sql`insert into request_log_spool (deployment_id, from_at, to_at, rows, bytes, content)
    values ('d', now(), now(), 1, 4, decode('00ff0a5c', 'hex'))`.execute(ctx.db);
  await sql`insert into leases (name, holder, until) values ('somebody', 'x', now())`.execute(ctx.db);
  for (let number = 0; number < 30; number += 1)
    await recordEvent(ctx, { type: "test.done", subjectType: "test", subjectId: String(number), data: { ü: "ß" } });
  await sealLedger(ctx, "test");
  await signCheckpoint(ctx, async () => undefined);
  await recordEvent(ctx, { type: "test.unsealed", subjectType: "test", subjectId: "last" });
}

/** Every row of every table, as text, without what a restore gives anew. */
export async function tableTexts(ctx: Ctx): Promise<Record<string, string[]>> {
  const { rows: tables } = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
    and relname not in ('leases', 'backups', 'backup_checks', 'gateways', 'runners', 'store_writes', 'pave_migrations') order by 1`.execute(
    ctx.db,
  );
  const texts: Record<string, string[]> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{
      text: string;
    }>`select (to_jsonb(t) - 'xid')::text as text from ${sql.table(name)} t order by 1`.execute(ctx.db);
    texts[name] = rows.map(({ text }) => text);
  }
  return texts;
}
