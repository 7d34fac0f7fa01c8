import type { Backup, BackupCheck, BackupSummary } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";

type Progress = NonNullable<Backup["progress"]>;
type Failure = NonNullable<Backup["error"]>;

const columns = [
  "id",
  "kind",
  "state",
  "requested_by",
  "progress",
  "error",
  "summary",
  "created_at",
  "started_at",
  "finished_at",
] as const;

const checkColumns = [
  "id",
  "backup_id",
  "kind",
  "cause",
  "state",
  "progress",
  "findings",
  "error",
  "created_at",
  "finished_at",
] as const;

/** As many as a page shows; older ones are still found by their id. */
const listed = 200;

export async function listBackups(ctx: Ctx): Promise<Backup[]> {
  const rows = await ctx.db
    .selectFrom("backups")
    .select(columns)
    .where("state", "<>", "removed")
    .orderBy("created_at", "desc")
    .limit(listed)
    .execute();
  const checks = await lastChecks(
    ctx,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => toBackup(row, checks.get(row.id) ?? null));
}

export async function findBackupRow(ctx: Ctx, id: string): Promise<Backup | undefined> {
  const row = await ctx.db.selectFrom("backups").select(columns).where("id", "=", id).executeTakeFirst();
  return row && toBackup(row, (await lastChecks(ctx, [id])).get(id) ?? null);
}

export async function checksOf(ctx: Ctx, backupId: string): Promise<BackupCheck[]> {
  const rows = await ctx.db
    .selectFrom("backup_checks")
    .select(checkColumns)
    .where("backup_id", "=", backupId)
    .orderBy("created_at", "desc")
    .limit(50)
    .execute();
  return rows.map(toCheck);
}

async function lastChecks(ctx: Ctx, ids: readonly string[]): Promise<Map<string, BackupCheck>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("backup_checks")
    .select(checkColumns)
    .distinctOn("backup_id")
    .where("backup_id", "in", [...ids])
    .orderBy("backup_id")
    .orderBy("created_at", "desc")
    .execute();
  return new Map(rows.map((row) => [row.backup_id, toCheck(row)]));
}

/** The last drill or verification that anybody or any schedule asked for. */
export async function lastCheckOf(
  ctx: Ctx,
  kind: BackupCheck["kind"],
  cause?: BackupCheck["cause"],
): Promise<BackupCheck | undefined> {
  let query = ctx.db.selectFrom("backup_checks").select(checkColumns).where("kind", "=", kind);
  if (cause) query = query.where("cause", "=", cause);
  const row = await query.orderBy("created_at", "desc").limit(1).executeTakeFirst();
  return row && toCheck(row);
}

export async function lastScheduled(ctx: Ctx): Promise<Backup | undefined> {
  const row = await ctx.db
    .selectFrom("backups")
    .select(columns)
    .where("kind", "=", "scheduled")
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && toBackup(row, null);
}

export async function insertBackup(
  ctx: Ctx,
  row: { id?: string; kind: Backup["kind"]; requestedBy: string | null; summary?: BackupSummary; at?: Date },
): Promise<Backup> {
  const at = row.at ?? ctx.clock.now();
  const inserted = await ctx.db
    .insertInto("backups")
    .values({
      id: row.id ?? newId(),
      kind: row.kind,
      state: row.summary ? "succeeded" : "requested",
      requested_by: row.requestedBy,
      created_at: at,
      ...(row.summary ? { summary: json(row.summary), started_at: at, finished_at: at } : {}),
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
  ctx.hint("backups");
  return toBackup(inserted, null);
}

export interface BackupChange {
  readonly state?: Backup["state"];
  readonly progress?: Progress | null;
  readonly error?: Failure | null;
  readonly summary?: BackupSummary;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
}

/** False when it is in another state by now than `from`. */
export async function changeBackup(
  ctx: Ctx,
  id: string,
  change: BackupChange,
  from?: readonly Backup["state"][],
): Promise<boolean> {
  let query = ctx.db
    .updateTable("backups")
    .set({
      ...(change.state ? { state: change.state } : {}),
      ...(change.progress === undefined ? {} : { progress: change.progress && json(change.progress) }),
      ...(change.error === undefined ? {} : { error: change.error && json(change.error) }),
      ...(change.summary ? { summary: json(change.summary) } : {}),
      ...(change.startedAt ? { started_at: change.startedAt } : {}),
      ...(change.finishedAt ? { finished_at: change.finishedAt } : {}),
    })
    .where("id", "=", id);
  if (from) query = query.where("state", "in", [...from]);
  const changed = await query.returning("id").executeTakeFirst();
  ctx.hint("backups");
  return changed !== undefined;
}

export async function insertCheck(
  ctx: Ctx,
  row: { backup: string; kind: BackupCheck["kind"]; cause: BackupCheck["cause"] },
): Promise<BackupCheck> {
  const inserted = await ctx.db
    .insertInto("backup_checks")
    .values({
      id: newId(),
      backup_id: row.backup,
      kind: row.kind,
      cause: row.cause,
      state: "requested",
      created_at: ctx.clock.now(),
    })
    .returning(checkColumns)
    .executeTakeFirstOrThrow();
  ctx.hint("backups");
  return toCheck(inserted);
}

export async function changeCheck(
  ctx: Ctx,
  id: string,
  change: {
    state?: BackupCheck["state"];
    progress?: Progress | null;
    findings?: readonly string[];
    error?: Failure;
    finishedAt?: Date;
  },
): Promise<void> {
  await ctx.db
    .updateTable("backup_checks")
    .set({
      ...(change.state ? { state: change.state } : {}),
      ...(change.progress === undefined ? {} : { progress: change.progress && json(change.progress) }),
      ...(change.findings ? { findings: json(change.findings) } : {}),
      ...(change.error ? { error: json(change.error) } : {}),
      ...(change.finishedAt ? { finished_at: change.finishedAt } : {}),
    })
    .where("id", "=", id)
    .execute();
  ctx.hint("backups");
}

export async function backupsIn(ctx: Ctx, ...states: Backup["state"][]): Promise<Backup[]> {
  const rows = await ctx.db
    .selectFrom("backups")
    .select(columns)
    .where("state", "in", states)
    .orderBy("created_at")
    .execute();
  return rows.map((row) => toBackup(row, null));
}

export async function checksIn(ctx: Ctx, state: BackupCheck["state"]): Promise<BackupCheck[]> {
  const rows = await ctx.db
    .selectFrom("backup_checks")
    .select(checkColumns)
    .where("state", "=", state)
    .orderBy("created_at")
    .execute();
  return rows.map(toCheck);
}

interface Row {
  id: string;
  kind: string;
  state: string;
  requested_by: string | null;
  progress: unknown;
  error: unknown;
  summary: unknown;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

const toBackup = (row: Row, lastCheck: BackupCheck | null): Backup => ({
  id: row.id,
  kind: row.kind as Backup["kind"],
  state: row.state as Backup["state"],
  requestedBy: row.requested_by,
  progress: row.progress as Progress | null,
  error: row.error as Failure | null,
  summary: row.summary as BackupSummary | null,
  createdAt: row.created_at.toISOString(),
  startedAt: row.started_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
  lastCheck,
});

interface CheckRow {
  id: string;
  backup_id: string;
  kind: string;
  cause: string;
  state: string;
  progress: unknown;
  findings: unknown;
  error: unknown;
  created_at: Date;
  finished_at: Date | null;
}

const toCheck = (row: CheckRow): BackupCheck => ({
  id: row.id,
  backup: row.backup_id,
  kind: row.kind as BackupCheck["kind"],
  cause: row.cause as BackupCheck["cause"],
  state: row.state as BackupCheck["state"],
  progress: row.progress as Progress | null,
  findings: row.findings as string[],
  error: row.error as Failure | null,
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
});
