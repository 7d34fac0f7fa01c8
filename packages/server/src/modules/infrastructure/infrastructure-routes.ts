import type { Handlers } from "../../http/handlers.ts";
import { resolveProject } from "../access/index.ts";
import { listResources } from "./resource-store.ts";

export const infrastructureRoutes = (): Handlers => ({
  async listResources(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    const rows = await listResources(ctx, { projectId: project.id });
    return {
      items: rows.map(({ createdAt, outputs, ...row }) => ({
        ...row,
        project: project.name,
        outputs: { ...outputs },
        createdAt: createdAt.toISOString(),
      })),
    };
  },
});
