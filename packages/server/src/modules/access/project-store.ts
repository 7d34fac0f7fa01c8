import type { Ctx } from "../../db/context.ts";

export async function findProject(ctx: Ctx, name: string): Promise<{ id: string; name: string } | undefined> {
  return ctx.db.selectFrom("projects").select(["id", "name"]).where("name", "=", name).executeTakeFirst();
}

/** Projects by id, or with "all" as many of the platform's as are asked for. */
export async function findProjects(
  ctx: Ctx,
  ids: readonly string[] | "all",
  limit: number,
): Promise<{ id: string; name: string }[]> {
  const query = ctx.db.selectFrom("projects").select(["id", "name"]).orderBy("name").limit(limit);
  return (ids === "all" ? query : query.where("id", "in", [...ids, ""])).execute();
}

/** Of "all" the first thousand. */
export async function findProjectNames(ctx: Ctx, ids: readonly string[] | "all"): Promise<string[]> {
  if (ids.length === 0) return [];
  const query = ctx.db.selectFrom("projects").select("name");
  const found = ids === "all" ? query.orderBy("name").limit(1000) : query.where("id", "in", [...ids]);
  return (await found.execute()).map((row) => row.name);
}
