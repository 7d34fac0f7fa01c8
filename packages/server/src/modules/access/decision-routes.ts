import type { Handlers } from "../../http/handlers.ts";
import { type ExplainDeps, explainAccess, listAccess } from "./explain-access.ts";
import { resolveProject } from "./permissions.ts";

/** Who may do what, and why. */
export const decisionRoutes = (deps: ExplainDeps): Handlers => ({
  explainAccess: (ctx, { query }) => explainAccess(ctx, deps, query),
  async listAccess(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    return { items: await listAccess(ctx, project.id) };
  },
});
