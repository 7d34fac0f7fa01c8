import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { readableProjects, resolveProject } from "../access/index.ts";
import {
  getRunHead,
  moveClientRun,
  noteTags,
  type RunHead,
  removeRunTag,
  trackingNotFound,
  updateClientRun,
} from "../tracking/index.ts";
import { listExperiments, showExperiment } from "./experiments.ts";
import { runCurves } from "./run-curves.ts";
import { readRunPage } from "./run-page.ts";

/** The page of a tracked run. Nobody who comes here acts for an attempt: those have the protocol. */
export function runPageRoutes(): Handlers {
  const headOf = async (ctx: Ctx, params: { project: string; trackedRun: string }): Promise<RunHead> => {
    const [project, run] = [await resolveProject(ctx, params.project), await getRunHead(ctx, params.trackedRun)];
    if (run.projectId !== project.id) throw trackingNotFound(`run ${params.trackedRun}`);
    return run;
  };
  const move = async (
    ctx: Ctx,
    params: { project: string; trackedRun: string },
    stage: "active" | "deleted",
  ): Promise<{ ok: true }> => {
    await moveClientRun(ctx, await headOf(ctx, params), stage, null);
    return { ok: true };
  };
  return {
    async findTrackedRun(ctx, { params }) {
      const run = await getRunHead(ctx, params.trackedRun);
      const readable = await readableProjects(ctx);
      if (readable !== "all" && !readable.includes(run.projectId)) throw trackingNotFound(`run ${params.trackedRun}`);
      return { project: run.project };
    },
    async getTrackedRun(ctx, { params }) {
      const { projectId } = await headOf(ctx, params);
      return readRunPage(ctx, projectId, params.trackedRun);
    },
    async runCurves(ctx, { params, query }) {
      await headOf(ctx, params);
      return runCurves(ctx, params.trackedRun, query);
    },
    async updateTrackedRun(ctx, { params, body: { name, description, tags = {} } }) {
      const run = await headOf(ctx, params);
      if (name !== undefined) await updateClientRun(ctx, run, { name }, null);
      const all: Readonly<Record<string, string | null>> = {
        ...tags,
        ...(description === undefined ? {} : { [noteTag]: description === "" ? null : description }),
      };
      const set = Object.entries(all).filter((tag): tag is [string, string] => tag[1] !== null);
      if (set.length > 0) await noteTags(ctx, run, Object.fromEntries(set), null);
      const { tags: before } = await readRunPage(ctx, run.projectId, run.runId);
      for (const key of Object.keys(all))
        if (all[key] === null && key in before) await removeRunTag(ctx, run, key, null);
      return readRunPage(ctx, run.projectId, run.runId);
    },
    deleteTrackedRun: (ctx, { params }) => move(ctx, params, "deleted"),
    restoreTrackedRun: (ctx, { params }) => move(ctx, params, "active"),
    async listExperiments(ctx, { params }) {
      return { items: await listExperiments(ctx, await resolveProject(ctx, params.project)) };
    },
    async getExperiment(ctx, { params, query }) {
      return showExperiment(ctx, await resolveProject(ctx, params.project), Number(params.experiment), query.after);
    },
  };
}

/** Where MLflow keeps a run's description. */
const noteTag = "mlflow.note.content";
