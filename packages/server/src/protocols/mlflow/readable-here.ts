import type { Permission } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { readableProjects } from "../../modules/access/index.ts";

/** Ids of the projects that a search may look into. An attempt's token reads its own project. */
export async function readableHere(ctx: Ctx, permission: Permission | "public"): Promise<readonly string[] | "all"> {
  const { grant } = ctx.actor;
  if ((permission === "run.self" || permission === "run.register") && grant !== "unlimited" && grant.projectId !== null)
    return [grant.projectId];
  return readableProjects(ctx);
}
