import { topics } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Work, WorkHandler } from "../../jobs/index.ts";
import { must } from "../../kernel/pave-error.ts";
import { mintToken, revokeToken } from "../access/index.ts";
import { appendLogs, beginLog } from "./attempt-logs.ts";
import { type AttemptRow, findAttempt, setToken, startAttempt } from "./attempt-store.ts";
import { finishAttempt } from "./finish-attempt.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { findRun, type RunRow } from "./run-store.ts";
import { stepKindOf } from "./step-kinds.ts";
import { findStepsById } from "./step-store.ts";
import { takeSecrets } from "./take-secrets.ts";

/** A token outlives the step's own limit by this much: preparing and uploading take time too. */
const tokenSlackMs = 3_600_000;

/** What pipelines do about the work of their attempts. */
export function attemptHandler(deps: PipelinesDeps): WorkHandler {
  return {
    async prepare(ctx, work) {
      const { attempt, run } = await attemptOf(ctx, work);
      const step = must((await findStepsById(ctx, [attempt.stepId]))[0], "the attempt's step");
      const { definition } = step;
      await beginLog(ctx, attempt.id, work.claims);
      const timeoutMs = definition.kind === "command" ? definition.limits.timeoutMs : 0;
      const scopes =
        definition.kind === "command" && definition.registers ? ["run.self", "run.register"] : ["run.self"];
      const token = await renewToken(ctx, attempt, run, { scopes, expiresInMs: timeoutMs + tokenSlackMs });
      return stepKindOf(definition).payload(deps, ctx, { run, step, definition }, { ...attempt, token });
    },

    async secrets(ctx, work) {
      const { attempt, run } = await attemptOf(ctx, work);
      const step = must((await findStepsById(ctx, [attempt.stepId]))[0], "the attempt's step");
      return takeSecrets(deps, ctx, { attempt, run, step });
    },

    async progressed(ctx, work, progress) {
      if (progress.startedAt === null) return;
      const { attempt, run } = await attemptOf(ctx, work);
      if (await startAttempt(ctx, attempt.id, new Date(progress.startedAt)))
        ctx.hint(topics.run(run.project, run.number));
    },

    async logged(ctx, work, chunks) {
      const { attempt, run } = await attemptOf(ctx, work);
      const next = await appendLogs(ctx, attempt.id, chunks);
      ctx.hint(topics.logs(run.project, run.number, attempt.step));
      return next;
    },

    // What runners tell in their own words: an older one may not mask.
    finished: async (ctx, work, result) =>
      finishAttempt(deps, ctx, work, (await deps.secrets.maskerOf(ctx, work.ownerId))(result)),
  };
}

async function attemptOf(ctx: Ctx, work: Work): Promise<{ attempt: AttemptRow; run: RunRow }> {
  const attempt = must(await findAttempt(ctx, work.ownerId), `attempt ${work.ownerId}`);
  return { attempt, run: must(await findRun(ctx, attempt.runId), `run ${attempt.runId}`) };
}

/** A new token for this claim; that of an earlier claim stops to work. */
async function renewToken(
  ctx: Ctx,
  attempt: AttemptRow,
  run: RunRow,
  bounds: { readonly scopes: readonly string[]; readonly expiresInMs: number },
): Promise<string> {
  if (attempt.tokenId !== null) await revokeToken(ctx, attempt.tokenId);
  const { token, id } = await mintToken(ctx, {
    kind: "run",
    principalId: run.principalId,
    name: `attempt ${attempt.id}`,
    projectId: run.projectId,
    ...bounds,
  });
  await setToken(ctx, attempt.id, id);
  return token;
}
