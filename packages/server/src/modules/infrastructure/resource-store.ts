import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import type { WantedResource } from "./provisioner.ts";

export interface ResourceRow {
  readonly id: string;
  readonly environment: string;
  readonly type: string;
  readonly name: string;
  readonly class: string;
  readonly state: "ready" | "failed" | "deleted";
  readonly outputs: Readonly<Record<string, string>>;
  readonly createdAt: Date;
}

export async function listResources(
  ctx: Ctx,
  filter: { projectId: string; environment?: string },
): Promise<ResourceRow[]> {
  let query = ctx.db
    .selectFrom("resources")
    .select(["id", "environment", "type", "name", "class", "state", "outputs", "created_at as createdAt"])
    .where("project_id", "=", filter.projectId)
    .where("state", "<>", "deleted");
  if (filter.environment) query = query.where("environment", "=", filter.environment);
  return (await query.orderBy("environment").orderBy("created_at").orderBy("name").execute()) as ResourceRow[];
}

export interface ReadyResource {
  readonly provider: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly planId: string | null;
}

export async function putResource(ctx: Ctx, wanted: WantedResource, resource: ReadyResource): Promise<void> {
  const row = {
    class: wanted.class,
    provider: resource.provider,
    state: "ready" as const,
    outputs: json(resource.outputs),
    plan_id: resource.planId,
  };
  await ctx.db
    .insertInto("resources")
    .values({
      id: newId(),
      project_id: wanted.projectId,
      environment: wanted.environment,
      type: wanted.type,
      name: wanted.name,
      created_at: ctx.clock.now(),
      ...row,
    })
    .onConflict((conflict) => conflict.columns(["project_id", "environment", "type", "name"]).doUpdateSet(row))
    .execute();
}

export async function deleteResource(ctx: Ctx, wanted: WantedResource): Promise<void> {
  await ctx.db
    .updateTable("resources")
    .set({ state: "deleted" })
    .where("project_id", "=", wanted.projectId)
    .where("environment", "=", wanted.environment)
    .where("type", "=", wanted.type)
    .where("name", "=", wanted.name)
    .execute();
}
