import {
  type Permission,
  type PlatformPermission,
  platformPermissions,
  platformPermissionTable,
  type Role,
} from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { suggestion } from "../../kernel/closest.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { decide, isMachine } from "./decide.ts";
import { findProject, findProjectNames } from "./project-store.ts";
import { rolesOf } from "./role-store.ts";

/** What everybody may who is signed in. */
export const everybodys: readonly PlatformPermission[] = platformPermissions.filter(
  (permission) => platformPermissionTable[permission].who === "everybody",
);

/** May the actor do this, on this project where the permission is a project's? Default is no. */
export const can = async (ctx: Ctx, permission: Permission, projectId?: string): Promise<boolean> =>
  (await decide(ctx, permission, projectId)).allowed;

/** Throws unless the token's own bounds leave room for the permission; asks no database. */
export function assertWithinToken(ctx: Ctx, permission: Permission): void {
  const { grant } = ctx.actor;
  if (grant === "unlimited" || (grant.scopes === null ? !isMachine(ctx.actor) : grant.scopes.includes(permission)))
    return;
  throw denied(ctx, permission, "");
}

/** Throws `access.denied`, or `project.not_found` where even the project's existence is not the actor's to know. */
export async function assertCan(
  ctx: Ctx,
  permission: Permission,
  project?: { id: string; name: string },
): Promise<void> {
  if (await can(ctx, permission, project?.id)) return;
  if (project && permission !== "project.read" && (await can(ctx, "project.read", project.id)))
    throw denied(ctx, permission, `on project ${project.name}`);
  if (project) throw await projectNotFound(ctx, project.name);
  throw denied(ctx, permission, "");
}

export async function rolesOn(ctx: Ctx, principalId: string, projectId: string): Promise<Role[]> {
  return (await rolesOf(ctx, principalId, projectId)).map((row) => row.role);
}

/** The project of that name, whoever asks: callers check permissions themselves. */
export async function resolveProject(ctx: Ctx, name: string): Promise<{ id: string; name: string }> {
  const project = await findProject(ctx, name);
  if (!project) throw await projectNotFound(ctx, name);
  return project;
}

/** Ids of the projects that the actor may read, or "all". */
export async function readableProjects(ctx: Ctx): Promise<readonly string[] | "all"> {
  const { grant } = ctx.actor;
  if (grant === "unlimited") return "all";
  if (grant.scopes !== null && !grant.scopes.includes("project.read")) return [];
  if (grant.projectId !== null) return (await can(ctx, "project.read", grant.projectId)) ? [grant.projectId] : [];
  if (grant.platformAdmin) return "all";
  return [...new Set((await rolesOf(ctx, ctx.actor.principalId)).map((row) => row.projectId))];
}

/** Their names, for topics of the event stream. */
export async function readableProjectNames(ctx: Ctx): Promise<ReadonlySet<string> | "all"> {
  const ids = await readableProjects(ctx);
  if (ids === "all") return "all";
  if (ids.length === 0) return new Set();
  return new Set(await findProjectNames(ctx, ids));
}

/** The same words for what is not there and for what is hidden; only what the actor may read is suggested. */
async function projectNotFound(ctx: Ctx, name: string): Promise<PaveError> {
  const readable = await readableProjects(ctx);
  const meant = suggestion(name, await findProjectNames(ctx, readable));
  return new PaveError("project.not_found", `There is no project ${name}, or it is not yours to see${meant}`, {
    fix: "List yours with `pave projects list`, or ask its owner for a role.",
  });
}

function denied(ctx: Ctx, permission: string, where: string): PaveError {
  const { grant } = ctx.actor;
  if (grant !== "unlimited" && grant.scopes !== null && !grant.scopes.includes(permission))
    return new PaveError(
      "access.denied",
      `This token of ${ctx.actor.name} lacks the permission ${permission}: it is limited to ${grant.scopes.join(", ") || "nothing"}`,
      {
        fix:
          ctx.actor.kind === "run"
            ? "A step's code reads its project and writes below its own attempt; `models:` in pave.yaml registers what it makes."
            : "Use a token that has it: `pave tokens create NAME --scope …`.",
      },
    );
  return new PaveError("access.denied", `${ctx.actor.name} lacks the permission ${permission} ${where}`.trim(), {
    fix: where
      ? "Ask an admin of the project for a role that has it (/docs/access lists them)."
      : "Ask a platform admin, or use a token that has it.",
  });
}
