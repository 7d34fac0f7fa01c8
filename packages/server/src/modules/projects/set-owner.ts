import { topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { getTeam, setProjectRole } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { findProjects, setOwner as storeOwner } from "./projects-store.ts";

/**
 * Gives the project to another team, whose members become its developers; what the team before may on the project stays
 * until somebody takes it. The same again changes nothing.
 */
export async function setOwner(
  ctx: Ctx,
  project: { readonly id: string; readonly name: string },
  owner: string,
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const team = await getTeam(ctx, owner);
    const before = must((await findProjects(ctx, { ids: [project.id] }))[0], `project ${project.name}`).owner;
    if (before === owner) return;
    await storeOwner(ctx, project.id, owner);
    const isMember = await ctx.db
      .selectFrom("project_members")
      .select("role")
      .where("project_id", "=", project.id)
      .where("principal_id", "=", team.id)
      .executeTakeFirst();
    if (!isMember) await setProjectRole(ctx, { projectId: project.id, principalId: team.id, role: "developer" });
    await recordEvent(ctx, {
      type: "ownership.handed-over",
      subjectType: "project",
      subjectId: project.id,
      projectId: project.id,
      teamId: team.id,
      data: { thing: `project ${project.name}`, from: before, to: owner },
    });
    ctx.hint(topics.project(project.name), topics.home);
  });
}
