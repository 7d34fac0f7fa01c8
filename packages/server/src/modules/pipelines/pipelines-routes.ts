import type { Logs, Run } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { resolveProject } from "../access/index.ts";
import { goOn } from "./advance-run.ts";
import { readLogs } from "./attempt-logs.ts";
import { cancelRun } from "./cancel-run.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { readAttempt, readRunList } from "./read-runs.ts";
import { retryRun } from "./retry-run.ts";
import { isAttemptOver, isRunOver } from "./run-states.ts";
import { findRunByNumber, type RunRow } from "./run-store.ts";
import { showRun, toSummary } from "./show-run.ts";
import { startRun } from "./start-run.ts";
import { findSteps } from "./step-store.ts";

export function pipelinesRoutes(deps: PipelinesDeps): Handlers {
  return {
    async startRun(ctx, { params, body }) {
      const project = await resolveProject(ctx, params.project);
      const { id, number } = await startRun(deps, ctx, {
        projectId: project.id,
        project: project.name,
        revision: body.revision ?? "latest",
        pipeline: body.pipeline,
        vars: body.vars,
        message: body.message ?? null,
        refresh: body.refresh,
        environment: body.environment,
      });
      await goOn(deps, ctx, id);
      return must(await showRun(deps, ctx, project.id, number), "the run just started");
    },

    async listRuns(ctx, { params, query }) {
      const project = await resolveProject(ctx, params.project);
      const before = query.before === undefined ? undefined : Number.parseInt(query.before, 10) || 0;
      const { pipeline, state, limit } = query;
      const rows = await readRunList(ctx, project.id, { pipeline, state, before, limit: limit + 1 });
      const items = rows.slice(0, limit).map(toSummary);
      return { items, next: rows.length > limit ? String(items.at(-1)?.number) : null };
    },

    async getRun(ctx, { params }) {
      const project = await resolveProject(ctx, params.project);
      return (await showRun(deps, ctx, project.id, params.run)) ?? notFound(params);
    },

    async cancelRun(ctx, { params }) {
      return change(deps, ctx, params, (run) => cancelRun(deps, ctx, run.id));
    },

    async retryRun(ctx, { params }) {
      return change(deps, ctx, params, async (run) => {
        await retryRun(deps, ctx, run.id);
        await goOn(deps, ctx, run.id);
      });
    },

    async getLogs(ctx, { params, query }): Promise<Logs> {
      const run = await runOf(ctx, params);
      const attempt = await readAttempt(ctx, run.id, params.step, query.attempt);
      if (!attempt) {
        const steps = await findSteps(ctx, run.id);
        if (!steps.some((step) => step.name === params.step) || query.attempt !== undefined)
          throw stepNotFound(params, query.attempt);
        return { attempt: null, chunks: [], next: query.after, finished: isRunOver(run.state) };
      }
      const { chunks, next, more } = await readLogs(ctx, attempt.id, query.after, query.limitBytes);
      return { attempt: attempt.id, chunks: [...chunks], next, finished: !more && isAttemptOver(attempt.state) };
    },
  };
}

interface RunParams {
  readonly project: string;
  readonly run: number;
}

async function runOf(ctx: Ctx, params: RunParams): Promise<RunRow> {
  const project = await resolveProject(ctx, params.project);
  return (await findRunByNumber(ctx, project.id, params.run)) ?? notFound(params);
}

async function change(
  deps: PipelinesDeps,
  ctx: Ctx,
  params: RunParams,
  act: (run: RunRow) => Promise<void>,
): Promise<Run> {
  const run = await runOf(ctx, params);
  await act(run);
  return must(await showRun(deps, ctx, run.projectId, run.number), "the run just changed");
}

function notFound(params: RunParams): never {
  throw new PaveError("run.not_found", `There is no run ${params.run} in project ${params.project}`, {
    fix: "See what there is with `pave runs list`",
  });
}

function stepNotFound(params: RunParams & { readonly step: string }, attempt: number | undefined): PaveError {
  const what = attempt === undefined ? `no step ${params.step}` : `no attempt ${attempt} of step ${params.step}`;
  return new PaveError("step.not_found", `Run ${params.run} of ${params.project} has ${what}`, {
    fix: `See its steps with \`pave runs show ${params.run}\``,
  });
}
