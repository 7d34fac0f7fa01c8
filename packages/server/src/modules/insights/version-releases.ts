import type { VersionRelease } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";

const most = 50;

/** Where a version was released to in its project, the newest first. */
export async function versionReleases(
  ctx: Ctx,
  { projectId, model, version }: { readonly projectId: string; readonly model: string; readonly version: number },
): Promise<VersionRelease[]> {
  const rows = await ctx.db
    .selectFrom("deployments as d")
    .innerJoin("releases as r", "r.deployment_id", "d.id")
    .select([
      "d.environment as environment",
      "d.name as deployment",
      "r.number as number",
      "r.state as state",
      "r.created_at as createdAt",
      "r.activated_at as activatedAt",
      "r.ended_at as endedAt",
    ])
    .where("d.project_id", "=", projectId)
    .where("r.model", "=", model)
    .where("r.model_version", "=", version)
    .orderBy("r.created_at", "desc")
    .orderBy("r.id", "desc")
    .limit(most)
    .execute();
  return rows.map(({ createdAt, activatedAt, endedAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    activatedAt: activatedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  }));
}
