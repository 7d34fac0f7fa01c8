import { type Tier, topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { findProjects, setTier } from "./projects-store.ts";

/** Gives a project a tier, also a lower one, which no push can. The same again changes nothing. */
export async function changeTier(
  ctx: Ctx,
  project: { readonly id: string; readonly name: string },
  tier: Tier,
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const before = must((await findProjects(ctx, { ids: [project.id] }))[0], `project ${project.name}`).tier;
    if (before === tier) return;
    await setTier(ctx, project.id, tier);
    await recordEvent(ctx, {
      type: "project.tier-changed",
      subjectType: "project",
      subjectId: project.id,
      projectId: project.id,
      data: { before, tier },
    });
    ctx.hint(topics.project(project.name), topics.home);
  });
}
