import {
  type AccessEntry,
  type AccessExplanation,
  type DecisionReason,
  type Permission,
  type PrincipalRef,
  type ProjectPermission,
  permissionKind,
  platformPermissionTable,
  projectPermissions,
} from "@pave/contract";
import { asActor, type Ctx } from "../../db/context.ts";
import type { Actor } from "../../kernel/actor.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import { decide, type HeldRole, judgeRoles, rolesWith } from "./decide.ts";
import { assertCan, can, resolveProject } from "./permissions.ts";
import { listAdmins } from "./principal-store.ts";
import { getPrincipal, type Principal } from "./principals.ts";
import { everybodyOn } from "./role-store.ts";

/** What stands for and against somebody's deciding one plan, beside the permission: asked of the plan engine. */
export type ExplainPlan = (
  ctx: Ctx,
  plan: { readonly projectId: string | null; readonly number: number; readonly action: string },
) => Promise<readonly DecisionReason[]>;

export interface ExplainDeps {
  readonly explainPlan: ExplainPlan;
  /** What environments say of the actor's approvals in general; told, and not judged by: the answer is about one plan. */
  explainApprovals(ctx: Ctx, projectId: string): Promise<readonly DecisionReason[]>;
}

export interface ExplainAccess {
  readonly who?: string | undefined;
  readonly action: string;
  readonly project?: string | undefined;
  readonly plan?: number | undefined;
}

/**
 * May somebody do something, and why? About oneself, with the bounds of the token one asks with; about others to admins
 * of the project and of the platform. The answer is `decide`'s, the same that a request would meet.
 */
export async function explainAccess(ctx: Ctx, deps: ExplainDeps, input: ExplainAccess): Promise<AccessExplanation> {
  const kind = kindOf(input.action);
  const action = input.action as Permission;
  if (kind === "project" && input.project === undefined) throw missingProject(action);
  const project = input.project === undefined ? undefined : await resolveProject(ctx, input.project);
  if (project) await assertCan(ctx, "project.read", project);
  const target = await getPrincipal(ctx, input.who ?? ctx.actor.principalId);
  const isSelf = target.id === ctx.actor.principalId;
  if (!isSelf) await assertMayAsk(ctx, project, target.name);

  const actor = isSelf ? ctx.actor : actorFor(target);
  const asked = asActor(ctx, actor);
  const { allowed, reasons: decided } = await decide(asked, action, project?.id);
  const more =
    input.plan === undefined
      ? []
      : await deps.explainPlan(asked, { projectId: project?.id ?? null, number: input.plan, action });
  const isGeneral = allowed && action === "plan.approve" && project && input.plan === undefined;
  const told = isGeneral ? await deps.explainApprovals(asked, project.id) : [];
  const reasons = [...disabled(target), ...decided, ...more, ...told];
  const isAllowed = allowed && target.disabledAt === null && more.every((reason) => reason.allows);
  return {
    who: refOf(target),
    action,
    lets: letsOf(action),
    on: wordsOf(project?.name, input.plan),
    allowed: isAllowed,
    reasons,
    changes: isAllowed ? [] : await changesOf(ctx, { action, project, target, allowed, reasons }),
  };
}

/** Everybody with a role that reaches the project, and the platform's admins, each with what that lets them do. */
export async function listAccess(ctx: Ctx, projectId: string): Promise<AccessEntry[]> {
  const [rows, admins] = [await everybodyOn(ctx, projectId), await listAdmins(ctx)];
  const people = new Map<string, { principal: PrincipalRef; held: HeldRole[]; isAdmin: boolean }>();
  const entryOf = ({ id, kind, name }: { id: string; kind: string; name: string }) => {
    const entry = people.get(id) ?? { principal: refOf({ id, kind, name }), held: [], isAdmin: false };
    people.set(id, entry);
    return entry;
  };
  for (const row of rows) entryOf(row).held.push({ role: row.role as HeldRole["role"], team: row.team });
  for (const row of admins) entryOf(row).isAdmin = true;
  return [...people.values()]
    .sort((a, b) => (a.principal.name < b.principal.name ? -1 : 1))
    .map(({ principal, held, isAdmin }) => {
      const all: HeldRole[] = isAdmin ? [...held, { role: "admin", team: null }] : held;
      return {
        principal,
        roles: [
          ...held.map(({ role, team }) => ({ role, via: team === null ? "member" : team })),
          ...(isAdmin ? [{ role: "admin" as const, via: "platform admin" }] : []),
        ],
        permissions: (Object.keys(projectPermissions) as ProjectPermission[]).filter(
          (permission) => judgeRoles(principal.name, all, permission).allowed,
        ),
      };
    });
}

/** People who may do this on the project by a role there or as platform admins; by name. */
async function whoMay(ctx: Ctx, permission: ProjectPermission, projectId: string): Promise<string[]> {
  return (await listAccess(ctx, projectId))
    .filter(({ principal, permissions }) => principal.kind === "user" && permissions.includes(permission))
    .map(({ principal }) => principal.name);
}

interface Refused {
  readonly action: Permission;
  readonly project: { readonly id: string; readonly name: string } | undefined;
  readonly target: Principal;
  readonly allowed: boolean;
  readonly reasons: readonly DecisionReason[];
}

async function changesOf(ctx: Ctx, { action, project, target, allowed, reasons }: Refused) {
  const admins = (await listAdmins(ctx)).map(({ name }) => name);
  const refused = (rule: DecisionReason["rule"]) => reasons.some((reason) => reason.rule === rule && !reason.allows);
  const changes: AccessExplanation["changes"] = [];
  if (target.disabledAt !== null) changes.push({ what: `${target.name} is enabled again`, who: admins });
  if (refused("token-scopes") || refused("token-project"))
    changes.push({ what: "another token is used, or a session: `pave tokens create`", who: [target.name] });
  if (!allowed && refused("role") && project) {
    const able = rolesWith(action as ProjectPermission);
    changes.push({
      what: `${target.name} gets the role ${able.join(" or ")}: \`pave members set ${target.name} ${able[0]} --project ${project.name}\``,
      who: await whoMay(ctx, "member.update", project.id),
    });
  }
  if (!allowed && refused("platform-admin"))
    changes.push({ what: `${target.name} becomes a platform admin`, who: admins });
  if (refused("author") || refused("environment") || refused("kind")) {
    const others = project ? await whoMay(ctx, "plan.approve", project.id) : admins;
    changes.push({ what: "somebody else decides", who: others.filter((name) => name !== target.name) });
  }
  return changes;
}

function kindOf(action: string) {
  const kind = permissionKind(action);
  if (kind !== undefined) return kind;
  const known = [...Object.keys(projectPermissions), ...Object.keys(platformPermissionTable)];
  throw new PaveError("request.invalid", `query.action: there is no permission ${action}${suggestion(action, known)}`, {
    fix: `Use one of /docs/access: ${known.join(", ")}.`,
  });
}

const missingProject = (action: string) =>
  new PaveError("request.invalid", `query.project: ${action} is a permission on a project, and none is named`, {
    fix: "Name a project: `pave access explain WHO ACTION PROJECT`.",
  });

async function assertMayAsk(ctx: Ctx, project: Refused["project"], name: string): Promise<void> {
  if (await can(ctx, "platform.admin")) return;
  if (project && (await can(ctx, "access.read", project.id))) return;
  throw new PaveError("access.denied", `${ctx.actor.name} may not ask what ${name} may do`, {
    fix: project
      ? "Ask an admin of the project; about yourself everybody may: `pave access explain`."
      : "Ask a platform admin, or name a project that you are admin of.",
  });
}

/** The principal as it would come with a session of its own: nothing but its roles bounds it. */
const actorFor = (principal: Principal): Actor => ({
  principalId: principal.id,
  kind: principal.kind as Actor["kind"],
  name: principal.name,
  actorKind: principal.kind === "user" ? "person" : principal.kind === "agent" ? "agent" : "system",
  grant: { tokenId: null, tokenKind: "session", platformAdmin: principal.platformAdmin, scopes: null, projectId: null },
});

const disabled = ({ name, disabledAt }: Principal): DecisionReason[] =>
  disabledAt === null
    ? []
    : [{ rule: "disabled", allows: false, text: `${name} is disabled since ${disabledAt.toISOString()}` }];

const letsOf = (action: Permission): string => {
  const row = { ...projectPermissions, ...platformPermissionTable }[action as ProjectPermission];
  return row?.lets ?? "what machines do";
};

const wordsOf = (project: string | undefined, plan: number | undefined): string => {
  const place = project === undefined ? "the platform" : `project ${project}`;
  return plan === undefined ? place : `plan ${plan} of ${place}`;
};

const refOf = ({ id, kind, name }: { id: string; kind: string; name: string }): PrincipalRef => ({
  id,
  kind: kind as PrincipalRef["kind"],
  name,
});
