import type { ImportReport } from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";

export interface ImportRow {
  readonly id: string;
  readonly projectId: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly state: "running" | "done" | "stopped";
  readonly by: string;
  readonly startedAt: Date;
  readonly lastAt: Date;
  readonly report: ImportReport | null;
}

const query = (ctx: Ctx) =>
  ctx.db
    .selectFrom("imports as i")
    .innerJoin("principals as p", "p.id", "i.principal_id")
    .select([
      "i.id as id",
      "i.project_id as projectId",
      "i.source as source",
      "i.source_version as sourceVersion",
      "i.state as state",
      "p.name as by",
      "i.started_at as startedAt",
      "i.last_at as lastAt",
      "i.report as report",
    ]);

export async function findImport(ctx: Ctx, projectId: string, id: string): Promise<ImportRow | undefined> {
  const row = await query(ctx).where("i.project_id", "=", projectId).where("i.id", "=", id).executeTakeFirst();
  return row as ImportRow | undefined;
}

/** The newest first. */
export async function findImports(ctx: Ctx, projectId: string): Promise<ImportRow[]> {
  const found = query(ctx).where("i.project_id", "=", projectId).orderBy("i.started_at", "desc").limit(100);
  return (await found.execute()) as ImportRow[];
}

export async function insertImport(
  ctx: Ctx,
  row: Pick<ImportRow, "id" | "projectId" | "source" | "sourceVersion">,
): Promise<void> {
  await ctx.db
    .insertInto("imports")
    .values({
      id: row.id,
      project_id: row.projectId,
      source: row.source,
      source_version: row.sourceVersion,
      principal_id: ctx.actor.principalId,
      started_at: ctx.clock.now(),
      last_at: ctx.clock.now(),
    })
    .execute();
}

export async function updateImport(
  ctx: Ctx,
  id: string,
  change: { readonly state?: ImportRow["state"]; readonly report?: ImportReport },
): Promise<void> {
  await ctx.db
    .updateTable("imports")
    .set({
      last_at: ctx.clock.now(),
      ...(change.state === undefined ? {} : { state: change.state }),
      ...(change.report === undefined ? {} : { report: json(change.report) }),
    })
    .where("id", "=", id)
    .execute();
}
