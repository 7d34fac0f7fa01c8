import type { SecretEnvironment } from "@pave/contract";
import { asActor, type Ctx } from "../../db/context.ts";
import { systemActor } from "../../kernel/actor.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { principalRefs } from "../access/index.ts";
import { fillSecrets } from "../projects/index.ts";
import type { TakingAttempt } from "../secrets/index.ts";
import { type AttemptRow, findAttempt } from "./attempt-store.ts";
import { attemptOwner } from "./create-attempts.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { findRun, type RunRow } from "./run-store.ts";
import { namesSecret } from "./step-secrets.ts";
import { findStepsById } from "./step-store.ts";

/**
 * The secrets of an attempt, for the runner that holds its lease: made at this call, written nowhere, and told in the
 * ledger once.
 */
export async function takeSecrets(
  deps: PipelinesDeps,
  ctx: Ctx,
  held: { readonly workId: string; readonly fence: number },
): Promise<SecretEnvironment> {
  const work = await deps.jobs.assertHeld(ctx, held);
  if (work.state !== "leased" || work.ownerKind !== attemptOwner)
    throw new PaveError("work.lease_lost", `Work ${work.id} takes no secrets: it is ${work.state}`, {
      fix: "Stop it and forget it",
    });
  const attempt = must(await findAttempt(ctx, work.ownerId), `attempt ${work.ownerId}`);
  const run = must(await findRun(ctx, attempt.runId), `run ${attempt.runId}`);
  const { definition } = must((await findStepsById(ctx, [attempt.stepId]))[0], "the attempt's step");
  if (definition.kind !== "command") return { env: {}, masks: [] };
  const system = asActor(ctx, systemActor);
  const taking = await takingOf(ctx, attempt, run);
  const values = await deps.secrets.take(system, taking, definition.secrets ?? []);
  const env = Object.entries(definition.env ?? {})
    .filter(([, text]) => namesSecret(text))
    .map(([name, text]) => [name, fillSecrets(text, values)] as const);
  return { env: Object.fromEntries(env), masks: await deps.secrets.masksOf(ctx, attempt.id) };
}

async function takingOf(ctx: Ctx, attempt: AttemptRow, run: RunRow): Promise<TakingAttempt> {
  const refs = await principalRefs(ctx, [run.requestedBy]);
  return {
    id: attempt.id,
    number: attempt.number,
    step: attempt.step,
    projectId: run.projectId,
    runId: run.id,
    run: run.number,
    environment: run.environment,
    requestedBy: must(refs.get(run.requestedBy), "who asked for the run").name,
  };
}
