import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import type { Sealed } from "../secrets/index.ts";
import type { RepositoryRow } from "./repository.ts";

export async function findRepository(
  ctx: Ctx,
  by: { readonly id: string } | { readonly projectId: string },
): Promise<RepositoryRow | undefined> {
  const query = ctx.db
    .selectFrom("repositories as r")
    .innerJoin("projects as j", "j.id", "r.project_id")
    .select([
      "r.id as id",
      "r.project_id as projectId",
      "j.name as project",
      "r.provider as provider",
      "r.url as url",
      "r.folder as folder",
      "r.branch as branch",
      "r.pipeline as pipeline",
      "r.deploy_to as deployTo",
      "r.webhook_secret as webhookSecret",
      "r.access_token as accessToken",
      "r.principal_id as principalId",
      "r.created_by as createdBy",
      "r.created_at as createdAt",
    ]);
  const row = await ("id" in by
    ? query.where("r.id", "=", by.id)
    : query.where("r.project_id", "=", by.projectId)
  ).executeTakeFirst();
  return row as RepositoryRow | undefined;
}

/** Gives false where the project has one already. */
export async function insertRepository(ctx: Ctx, row: Omit<RepositoryRow, "project">): Promise<boolean> {
  const inserted = await ctx.db
    .insertInto("repositories")
    .values({
      id: row.id,
      project_id: row.projectId,
      provider: row.provider,
      url: row.url,
      folder: row.folder,
      branch: row.branch,
      pipeline: row.pipeline,
      deploy_to: row.deployTo,
      webhook_secret: json(row.webhookSecret),
      access_token: sealedOrNull(row.accessToken),
      principal_id: row.principalId,
      created_by: row.createdBy,
      created_at: row.createdAt,
    })
    .onConflict((conflict) => conflict.column("project_id").doNothing())
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Its pushes go with it. */
export async function deleteRepository(ctx: Ctx, id: string): Promise<void> {
  await ctx.db.deleteFrom("repositories").where("id", "=", id).execute();
}

const sealedOrNull = (sealed: Sealed | null) => (sealed === null ? null : json(sealed));
