import type { Role } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Actor } from "../../kernel/actor.ts";
import { getPrincipal, rolesOn } from "../access/index.ts";
import type { RolesNow } from "./approval.ts";

/**
 * Roles that count for approvals: a platform admin holds `admin` everywhere, a disabled principal nothing. On plans of the
 * platform, which have no project, nobody else holds any.
 */
export async function rolesNow(ctx: Ctx, projectId: string | null, principalIds: readonly string[]): Promise<RolesNow> {
  const roles = new Map<string, readonly Role[]>();
  for (const id of new Set(principalIds)) {
    const principal = await getPrincipal(ctx, id);
    const held = principal.disabledAt === null && projectId !== null ? await rolesOn(ctx, id, projectId) : [];
    roles.set(id, principal.disabledAt === null && principal.platformAdmin ? [...held, "admin"] : held);
  }
  return (id) => roles.get(id) ?? [];
}

/** The principal as the actor of work that it set off earlier; what it may do was settled then. */
export async function actorOf(ctx: Ctx, principalId: string): Promise<Actor> {
  const { id, kind, name } = await getPrincipal(ctx, principalId);
  const actorKind = kind === "user" ? "person" : kind === "agent" ? "agent" : "system";
  return { principalId: id, kind: kind as Actor["kind"], name, actorKind, grant: "unlimited" };
}
