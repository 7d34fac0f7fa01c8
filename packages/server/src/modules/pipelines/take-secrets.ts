import type { SecretEnvironment } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { principalRefs } from "../access/index.ts";
import { fillSecrets } from "../projects/index.ts";
import type { TakingAttempt } from "../secrets/index.ts";
import type { AttemptRow } from "./attempt-store.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import type { RunRow } from "./run-store.ts";
import { namesSecret, ownEnv } from "./step-secrets.ts";
import type { StepRow } from "./step-store.ts";

interface Taking {
  readonly attempt: AttemptRow;
  readonly run: RunRow;
  readonly step: StepRow;
}

/** Secrets and connection of an attempt, made at this call and written nowhere; each is told in the ledger once. */
export async function takeSecrets(deps: PipelinesDeps, ctx: Ctx, taking: Taking): Promise<SecretEnvironment> {
  const { definition } = taking.step;
  if (definition.kind !== "command") return { env: {}, masks: [] };
  const attempt = await takingOf(ctx, taking);
  const values = await deps.secrets.take(ctx, attempt, definition.secrets ?? []);
  const connection = definition.connection && (await deps.connections.take(ctx, attempt, definition.connection.name));
  const env = Object.entries(ownEnv(definition))
    .filter(([, text]) => namesSecret(text))
    .map(([name, text]) => [name, fillSecrets(text, values)] as const);
  return {
    env: { ...Object.fromEntries(env), ...connection?.env },
    masks: await deps.secrets.masksOf(ctx, attempt.id),
  };
}

async function takingOf(ctx: Ctx, { attempt, run }: Taking): Promise<TakingAttempt> {
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
