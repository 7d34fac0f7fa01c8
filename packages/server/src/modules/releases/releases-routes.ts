import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { resolveProject } from "../access/index.ts";
import type { Serving } from "../serving/index.ts";
import type { Releases } from "./create-releases.ts";
import { moveRollout, type RolloutVerb } from "./move-rollout.ts";
import { showRollout, showRollouts } from "./show-rollout.ts";

export const releasesRoutes = (releases: Releases, serving: Pick<Serving, "show">): Handlers => ({
  async createPlan(ctx, { params, body }) {
    const { id, name } = await resolveProject(ctx, params.project);
    return releases.createPlan(ctx, { ...body, projectId: id, project: name });
  },
  async rollbackDeployment(ctx, { params, body }) {
    const { id } = await resolveProject(ctx, params.project);
    const key = { projectId: id, environment: params.environment, name: params.deployment };
    await releases.rollback(ctx, { ...key, ...body });
    return serving.show(ctx, key);
  },
  async listRollouts(ctx, { params }) {
    return { items: await showRollouts(ctx, await keyOf(ctx, params)) };
  },
  getRollout: async (ctx, { params }) => showRollout(ctx, { ...(await keyOf(ctx, params)), number: params.rollout }),
  pauseRollout: mover("pause"),
  resumeRollout: mover("resume"),
  abortRollout: mover("abort"),
  promoteRollout: mover("promote"),
});

interface Params {
  readonly project: string;
  readonly environment: string;
  readonly deployment: string;
}

const keyOf = async (ctx: Ctx, { project, environment, deployment }: Params) => ({
  projectId: (await resolveProject(ctx, project)).id,
  environment,
  name: deployment,
});

interface Move {
  readonly params: Params & { readonly rollout: number };
  readonly body: { readonly reason: string };
}

const mover =
  (verb: RolloutVerb) =>
  async (ctx: Ctx, { params, body }: Move) => {
    const key = { ...(await keyOf(ctx, params)), number: params.rollout };
    await moveRollout(ctx, verb, { ...key, ...body });
    return showRollout(ctx, key);
  };
