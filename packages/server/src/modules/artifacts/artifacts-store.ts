import type { ArtifactType, FileEntry } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

export interface ArtifactRow {
  readonly id: string;
  readonly digest: string;
  readonly projectId: string;
  readonly type: ArtifactType;
  readonly format: string | null;
  readonly name: string;
  readonly files: readonly FileEntry[];
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly attemptId: string | null;
  readonly createdAt: Date;
}

const columns = [
  "id",
  "digest",
  "project_id as projectId",
  "type",
  "format",
  "name",
  "files",
  "bytes",
  "metadata",
  "attempt_id as attemptId",
  "created_at as createdAt",
] as const;

export async function insertArtifact(ctx: Ctx, row: ArtifactRow): Promise<void> {
  await ctx.db
    .insertInto("artifacts")
    .values({
      id: row.id,
      digest: row.digest,
      project_id: row.projectId,
      type: row.type,
      format: row.format,
      name: row.name,
      files: json(row.files),
      bytes: row.bytes,
      metadata: json(row.metadata),
      attempt_id: row.attemptId,
      created_at: row.createdAt,
    })
    .execute();
}

export async function findArtifacts(ctx: Ctx, ids: readonly string[]): Promise<ArtifactRow[]> {
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .selectFrom("artifacts")
    .select(columns)
    .where("id", "in", [...new Set(ids)])
    .execute();
  return rows as ArtifactRow[];
}

/** The run and step whose attempt made it; null for what came otherwise. */
export async function producerOf(ctx: Ctx, attemptId: string | null): Promise<{ number: number; step: string } | null> {
  if (attemptId === null) return null;
  const result = await sql<{ number: number; step: string }>`
    select r.number, s.name as step from attempts a join steps s on s.id = a.step_id join runs r on r.id = s.run_id
    where a.id = ${attemptId}`.execute(ctx.db);
  return result.rows[0] ?? null;
}
