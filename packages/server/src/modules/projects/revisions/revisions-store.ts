import { type FileEntry, type ProjectSpec, projectSpecSchema, type Revision } from "@pave/contract";
import { sql } from "kysely";
import { json } from "../../../db/column-types.ts";
import type { Ctx } from "../../../db/context.ts";

export type GitState = NonNullable<Revision["git"]>;

export interface RevisionRow {
  readonly id: string;
  readonly projectId: string;
  readonly number: number;
  readonly digest: string;
  readonly files: readonly FileEntry[];
  readonly fileCount: number;
  readonly bytes: number;
  /** Null where pave.yaml is missing or does not fit its schema. */
  readonly spec: ProjectSpec | null;
  readonly git: GitState | null;
  readonly message: string;
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** A revision in a list: without files and diff. */
export type RevisionListRow = Omit<RevisionRow, "files" | "spec">;

const listColumns = [
  "id",
  "project_id as projectId",
  "number",
  "digest",
  "file_count as fileCount",
  "bytes",
  "message",
  "created_at as createdAt",
  "created_by as createdBy",
] as const;

export type RevisionFilter =
  | { readonly id: string }
  | { readonly number: number }
  | { readonly digest: string }
  | "latest";

export async function findRevision(
  ctx: Ctx,
  projectId: string,
  filter: RevisionFilter,
): Promise<RevisionRow | undefined> {
  let query = ctx.db
    .selectFrom("revisions")
    .select([...listColumns, "files", "spec", "git"])
    .where("project_id", "=", projectId);
  if (filter === "latest") query = query.orderBy("pushed_at", "desc").orderBy("number", "desc").limit(1);
  else if ("id" in filter) query = query.where("id", "=", filter.id);
  else if ("digest" in filter) query = query.where("digest", "=", filter.digest);
  else query = query.where("number", "=", filter.number);
  const row = await query.executeTakeFirst();
  if (!row) return undefined;
  // Through the schema again: a spec kept by an earlier version lacks the defaults of later keys.
  return {
    ...row,
    files: row.files as FileEntry[],
    git: row.git as GitState | null,
    spec: projectSpecSchema.safeParse(row.spec).data ?? null,
  };
}

export async function listRevisions(
  ctx: Ctx,
  projectId: string,
  page: { readonly limit: number; readonly before: number | undefined },
): Promise<RevisionListRow[]> {
  let query = ctx.db
    .selectFrom("revisions")
    .select([...listColumns, sql<GitState | null>`git - 'diff'`.as("git")])
    .where("project_id", "=", projectId);
  if (page.before !== undefined) query = query.where("number", "<", page.before);
  return query.orderBy("number", "desc").limit(page.limit).execute();
}

export async function insertRevision(ctx: Ctx, row: RevisionRow): Promise<void> {
  await ctx.db
    .insertInto("revisions")
    .values({
      id: row.id,
      project_id: row.projectId,
      number: row.number,
      digest: row.digest,
      files: json(row.files),
      file_count: row.fileCount,
      bytes: row.bytes,
      spec: row.spec === null ? null : json(row.spec),
      git: row.git === null ? null : json(row.git),
      message: row.message,
      created_at: row.createdAt,
      created_by: row.createdBy,
      pushed_at: row.createdAt,
    })
    .execute();
}

export async function touchRevision(ctx: Ctx, id: string): Promise<void> {
  await ctx.db.updateTable("revisions").set({ pushed_at: ctx.clock.now() }).where("id", "=", id).execute();
}

/** The next number of the project; its row stays locked until the transaction ends, so pushes wait for each other. */
export async function nextRevisionNumber(ctx: Ctx, projectId: string): Promise<number> {
  const row = await ctx.db
    .updateTable("projects")
    .set({ last_revision: sql`last_revision + 1`, updated_at: ctx.clock.now() })
    .where("id", "=", projectId)
    .returning("last_revision")
    .executeTakeFirstOrThrow();
  return row.last_revision;
}
