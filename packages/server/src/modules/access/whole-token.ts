import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";

/** All that its principal may, in every project. */
export const isWhole = ({ actor: { grant } }: Ctx): boolean =>
  grant === "unlimited" || (grant.scopes === null && grant.projectId === null);

export const isAdmin = (ctx: Ctx): boolean =>
  isWhole(ctx) && (ctx.actor.grant === "unlimited" || ctx.actor.grant.platformAdmin);

/** A token never makes something stronger than itself: what a session or another token may is not bounded by it. */
export function assertWhole(ctx: Ctx, what: string): void {
  if (!isWhole(ctx))
    throw new PaveError("access.denied", `This token is limited to scopes or a project and cannot ${what}`, {
      fix: "Sign in with `pave open` and do it there.",
    });
}

export function assertAdmin(ctx: Ctx, what: string): void {
  if (!isAdmin(ctx))
    throw new PaveError("access.denied", `Only a platform admin may ${what}`, { fix: "Ask a platform admin." });
}
