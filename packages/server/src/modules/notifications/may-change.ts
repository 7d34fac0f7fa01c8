import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { can, getTeam } from "../access/index.ts";
import { teamIdsOf } from "./team-store.ts";

/**
 * Whose targets, routes and deliveries the actor sees and changes: those of its teams, or as a platform admin all of
 * them. A token of one project or of a few permissions is for none of that.
 */
export async function visibleScope(ctx: Ctx): Promise<"all" | { readonly teamIds: readonly string[] }> {
  assertWhole(ctx);
  if (await can(ctx, "platform.admin")) return "all";
  return { teamIds: await teamIdsOf(ctx, ctx.actor.principalId) };
}

/** The team that something is to belong to; null without a name: the platform's, for its admins. */
export async function assertMayChange(
  ctx: Ctx,
  name: string | undefined,
): Promise<{ readonly id: string; readonly name: string } | null> {
  const scope = await visibleScope(ctx);
  if (name === undefined) {
    if (scope === "all") return null;
    throw new PaveError("access.denied", "Targets and routes of the platform are its admins' to change", {
      fix: "Name one of your teams with --team, or ask a platform admin.",
    });
  }
  const team = await getTeam(ctx, name);
  if (scope === "all" || scope.teamIds.includes(team.id)) return team;
  throw new PaveError("access.denied", `${ctx.actor.name} is no member of ${name}, whose notifications these are`, {
    fix: `Ask somebody of ${name}, or a platform admin.`,
  });
}

/** A token that is limited to a project or to permissions does not decide what its owner is told. */
export function assertWhole({ actor: { grant } }: Ctx): void {
  if (grant === "unlimited" || (grant.projectId === null && grant.scopes === null)) return;
  throw new PaveError(
    "access.denied",
    "This token is limited to scopes or a project and does not change notifications",
    {
      fix: "Use one without limits, or the portal.",
    },
  );
}
