import type { Handlers } from "../../http/handlers.ts";
import { type ExplainPlan, explainAccess, listAccess } from "./explain-access.ts";
import { resolveProject } from "./permissions.ts";

/** Who may do what, and why. */
export const decisionRoutes = (deps: { readonly explainPlan: ExplainPlan }): Handlers => ({
  explainAccess: (ctx, { query }) => explainAccess(ctx, deps.explainPlan, query),
  async listAccess(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    return { items: await listAccess(ctx, project.id) };
  },
});
