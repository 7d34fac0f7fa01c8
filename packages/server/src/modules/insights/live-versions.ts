import type { Ctx } from "../../db/context.ts";

/** Which versions are live where, by `name@version`. */
export async function liveVersions(ctx: Ctx, projectId: string) {
  const rows = await ctx.db
    .selectFrom("deployments as d")
    .innerJoin("releases as r", "r.id", "d.active_release_id")
    .select(["d.environment", "d.name", "r.model as model", "r.model_version as version"])
    .where("d.project_id", "=", projectId)
    .execute();
  const live = new Map<string, { environment: string; deployment: string }[]>();
  for (const { environment, name, model, version } of rows) {
    const key = `${model}@${version}`;
    live.set(key, [...(live.get(key) ?? []), { environment, deployment: name }]);
  }
  return live;
}
