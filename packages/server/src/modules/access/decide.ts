import {
  type DecisionReason,
  type Permission,
  type PlatformPermission,
  type ProjectPermission,
  permissionKind,
  platformPermissionTable,
  type Role,
  rolePermissions,
} from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Actor } from "../../kernel/actor.ts";
import { heldRoles } from "./role-store.ts";

/** A yes or a no, with every rule that was asked on the way. */
export interface Decision {
  readonly allowed: boolean;
  readonly reasons: readonly DecisionReason[];
}

/** Machines, runs and one-time links act only within the scopes of their token; nothing else is theirs. */
export const isMachine = (actor: Actor): boolean =>
  actor.grant !== "unlimited" && !["session", "api"].includes(actor.grant.tokenKind);

/**
 * May the actor do this, on this project where the permission is a project's? Default is no. The only place where that
 * is decided: requests ask it through `can`, and `pave access explain` shows what it answered.
 */
export async function decide(ctx: Ctx, permission: Permission, projectId?: string): Promise<Decision> {
  const { actor } = ctx;
  const { grant } = actor;
  if (grant === "unlimited") return yes("platform", "the platform acts for itself");
  const bounds = tokenRefusal(actor, permission, projectId);
  if (bounds) return { allowed: false, reasons: [bounds] };
  if (isMachine(actor)) return yes("machine", `the token of this ${grant.tokenKind} was made for ${permission}`);
  if (permissionKind(permission) === "platform") return onPlatform(actor, permission as PlatformPermission);
  if (projectId === undefined) return no("role", `${permission} is held on a project, and none is named`);
  if (permissionKind(permission) === "machine")
    return no("machine", `${permission} is a machine's: no role carries it, only tokens made for that purpose`);
  if (grant.platformAdmin)
    return yes("platform-admin", `${actor.name} is a platform admin, who holds admin on every project`);
  return byRoles(ctx, permission as ProjectPermission, projectId);
}

/** What the token's own bounds say against it, whatever its principal may. */
function tokenRefusal({ grant, ...actor }: Actor, permission: string, projectId?: string): DecisionReason | undefined {
  if (grant === "unlimited") return undefined;
  if (grant.scopes !== null && !grant.scopes.includes(permission))
    return against("token-scopes", `the token is limited to ${grant.scopes.join(", ") || "nothing"}`);
  if (isMachine({ grant, ...actor }) && grant.scopes === null)
    return against("machine", `a ${grant.tokenKind} token is good for nothing but what it was made for`);
  if (grant.projectId === null) return undefined;
  // a machine's own routes name no project
  if (isMachine({ grant, ...actor }) && projectId === undefined) return undefined;
  if (permissionKind(permission) === "platform")
    return permission === "platform.use"
      ? undefined
      : against("token-project", "the token is limited to one project, and this belongs to none");
  return projectId === undefined || projectId === grant.projectId
    ? undefined
    : against("token-project", "the token is limited to another project");
}

function onPlatform(actor: Actor, permission: PlatformPermission): Decision {
  if (actor.grant !== "unlimited" && actor.grant.platformAdmin)
    return yes("platform-admin", `${actor.name} is a platform admin`);
  return platformPermissionTable[permission].who === "everybody"
    ? yes("everybody", `everybody who is signed in has ${permission}`)
    : no("platform-admin", `${permission} is platform admins', and ${actor.name} is none`);
}

async function byRoles(ctx: Ctx, permission: ProjectPermission, projectId: string): Promise<Decision> {
  const { name, principalId } = ctx.actor;
  return judgeRoles(name, await heldRoles(ctx, { principalId, projectId }), permission);
}

/** A role somebody holds on a project: their own, or a team's. */
export interface HeldRole {
  readonly role: Role;
  readonly team: string | null;
}

/** What the roles come to; asks no database, so that lists of everybody's rights are judged by the same words. */
export function judgeRoles(name: string, held: readonly HeldRole[], permission: ProjectPermission): Decision {
  const reasons = held.map(({ role, team }) => {
    const allows = rolePermissions[role].includes(permission);
    const by = team === null ? `${name} is ${role}` : `${name} is ${role} by the team ${team}`;
    return { rule: "role", allows, text: `${by}, which ${allows ? "has" : "lacks"} ${permission}` } as const;
  });
  if (reasons.length === 0) return no("role", `${name} holds no role on the project, nor does a team of theirs`);
  return { allowed: reasons.some(({ allows }) => allows), reasons };
}

/** Which roles have the permission, the least first. */
export const rolesWith = (permission: ProjectPermission): Role[] =>
  (Object.keys(rolePermissions) as Role[]).filter((role) => rolePermissions[role].includes(permission));

const yes = (rule: DecisionReason["rule"], text: string): Decision => ({
  allowed: true,
  reasons: [{ rule, allows: true, text }],
});
const against = (rule: DecisionReason["rule"], text: string): DecisionReason => ({ rule, allows: false, text });
const no = (rule: DecisionReason["rule"], text: string): Decision => ({
  allowed: false,
  reasons: [against(rule, text)],
});
