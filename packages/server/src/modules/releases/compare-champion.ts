/*
 * A champion is compared on the candidate's test set or not at all. Its metrics are on record where that set is its
 * own too, or where it was scored on it before; otherwise a run scores it, with the component and params that judged
 * the candidate.
 */
import type { Metrics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { canonicalJson, digestOfJson } from "../../kernel/json.ts";
import { isPaveError } from "../../kernel/pave-error.ts";
import type { ModelVersionRow } from "../models/index.ts";
import {
  claimEvaluation,
  type EvaluationKey,
  findEvaluation,
  finishEvaluation,
  listRunningEvaluations,
  setEvaluationRun,
} from "./evaluations-store.ts";
import type { ReleasesDeps } from "./releases-deps.ts";

/** `new`: start what is missing or has failed; `missing`: what was never tried; `nothing`: only look. */
export type Start = "new" | "missing" | "nothing";

export type Comparison =
  /** With the run that scored it, where one had to. */
  | { readonly metrics: Metrics; readonly runId?: string | null }
  | { readonly pending: string }
  /** Why there is nothing to compare with. */
  | { readonly impossible: string };

interface Compared {
  readonly projectId: string;
  readonly project: string;
  readonly revisionId: string;
  readonly candidate: ModelVersionRow;
  readonly champion: ModelVersionRow;
}

export async function compareChampion(
  deps: ReleasesDeps,
  ctx: Ctx,
  input: Compared,
  start: Start,
): Promise<Comparison> {
  const { candidate, champion } = input;
  const name = `${champion.model} version ${champion.version}`;
  if (candidate.model === champion.model && candidate.version === champion.version)
    return { metrics: { ...candidate.metrics } };
  const { evaluation } = candidate.lineage;
  const { testArtifactId } = candidate;
  if (testArtifactId === null || evaluation === null) {
    return {
      impossible: `${candidate.model} version ${candidate.version} names no test set, so ${name} cannot be compared with it`,
    };
  }
  const testDigest = (await deps.artifacts.getArtifact(ctx, testArtifactId)).digest;
  if (await isJudgedAlike(deps, ctx, candidate, champion, testDigest)) return { metrics: { ...champion.metrics } };

  const componentDigest = judgeOf(candidate)?.digest;
  const component = [input.projectId, evaluation.uses, componentDigest, digestOfJson(evaluation.params)].join(" ");
  const key: EvaluationKey = { modelDigest: champion.digest, testDigest, component };
  const known = await findEvaluation(ctx, key);
  const pending = { pending: `${name}, which runs now, is scored on the test set of version ${candidate.version}` };
  if (known?.state === "succeeded") return { metrics: known.metrics, runId: known.runId };
  if (known?.state === "running") return pending;
  if (known && start !== "new")
    return {
      impossible: `${name} could not be scored on the candidate's test set: ${known.message ?? "the run failed"}`,
    };
  if (start === "nothing") return pending;
  try {
    await inTransaction(ctx, async (ctx) => {
      const evaluationId = await claimEvaluation(ctx, key, {
        projectId: input.projectId,
        model: champion.model,
        modelVersion: champion.version,
      });
      // another plan has just begun the same one
      if (evaluationId === undefined) return;
      const run = await deps.pipelines.startEvaluation(ctx, {
        projectId: input.projectId,
        project: input.project,
        // the code that judged the candidate, also where the plan is of a later revision
        revisionId: candidate.revisionId ?? input.revisionId,
        model: { name: champion.model, version: champion.version, artifactId: champion.artifactId },
        testArtifactId,
        uses: evaluation.uses,
        componentDigest,
        params: evaluation.params,
      });
      await setEvaluationRun(ctx, evaluationId, run.id);
    });
    return pending;
  } catch (error) {
    if (!isPaveError(error) || error.status >= 500) throw error;
    return { impossible: `${name} cannot be scored on the candidate's test set: ${error.message}` };
  }
}

/** The step that judged a version, with the digest of the code that ran. */
const judgeOf = ({ lineage }: ModelVersionRow) =>
  lineage.components.find(({ step }) => step === lineage.evaluation?.step);

/** The champion's own metrics count where test set, component, its code and params were the candidate's. */
async function isJudgedAlike(
  deps: ReleasesDeps,
  ctx: Ctx,
  candidate: ModelVersionRow,
  champion: ModelVersionRow,
  testDigest: string,
): Promise<boolean> {
  if (champion.testArtifactId === null) return false;
  const judged = (version: ModelVersionRow) =>
    canonicalJson([
      version.lineage.evaluation?.uses ?? null,
      judgeOf(version)?.digest ?? null,
      version.lineage.evaluation?.params ?? null,
    ]);
  if (judged(candidate) !== judged(champion)) return false;
  return (await deps.artifacts.getArtifact(ctx, champion.testArtifactId)).digest === testDigest;
}

/** Takes over the results of runs that have ended. */
export async function settleEvaluations(deps: ReleasesDeps, ctx: Ctx): Promise<void> {
  for (const { id, runId } of await listRunningEvaluations(ctx)) {
    const result =
      runId === null
        ? { state: "failed" as const, metrics: {}, message: "its run is gone" }
        : await deps.pipelines.evaluationResult(ctx, runId);
    if (result.state === "running") continue;
    await finishEvaluation(ctx, id, { ...result, state: result.state === "succeeded" ? "succeeded" : "failed" });
  }
}
