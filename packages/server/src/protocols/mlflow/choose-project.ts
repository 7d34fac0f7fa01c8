import type { Ctx } from "../../db/context.ts";
import { can, findProject, findProjects, readableProjects, resolveProject } from "../../modules/access/index.ts";
import { invalid } from "./mlflow-error.ts";

export interface ProjectRef {
  readonly id: string;
  readonly name: string;
}

/**
 * The project of a request that names none by what it asks for: the workspace that the client has set, else the token's
 * own project, else the project of the given name, else the only one that the actor may read.
 */
export async function chooseProject(
  ctx: Ctx,
  workspace: string | undefined,
  name: string | undefined,
): Promise<ProjectRef> {
  if (workspace !== undefined) return resolveProject(ctx, workspace);
  const { grant } = ctx.actor;
  if (grant !== "unlimited" && grant.projectId !== null) {
    const [own] = await findProjects(ctx, [grant.projectId], 1);
    if (own) return own;
  }
  const named = name === undefined ? undefined : await findProject(ctx, name);
  if (named && (await can(ctx, "project.read", named.id))) return named;
  const [only, other] = await findProjects(ctx, await readableProjects(ctx), 2);
  if (only && !other) return only;
  throw invalid(
    only
      ? `It is not clear which project this is about${name === undefined ? "" : `: none is named '${name}'`}. ` +
          "Use a token of the project (`pave tokens create NAME --project PROJECT`), or set MLFLOW_WORKSPACE to the project's name."
      : "There is no project that this token may read. Create one with `pave new`, or ask its owner for a role.",
  );
}
