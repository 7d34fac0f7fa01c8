import type { RolloutDetail, RolloutStep, RolloutSummary } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { can } from "../access/index.ts";
import {
  type DeploymentKey,
  findReleases,
  getDeployment,
  listRollouts,
  listSteps,
  type RolloutRow,
  type RolloutStepRow,
  toRolloutSummary,
} from "../serving/index.ts";
import { abortsAt, dueAt } from "./canary-moves.ts";
import { getRollout, type RolloutKey, type RolloutVerb, whyNot } from "./move-rollout.ts";

export async function showRollouts(ctx: Ctx, key: DeploymentKey): Promise<RolloutSummary[]> {
  return (await listRollouts(ctx, (await getDeployment(ctx, key)).id)).map(toRolloutSummary);
}

/** Each step with what was seen in it, and what the actor may do now. */
export async function showRollout(ctx: Ctx, key: RolloutKey): Promise<RolloutDetail> {
  const { deployment, rollout } = await getRollout(ctx, key);
  const releases = await findReleases(
    ctx,
    [rollout.releaseId, rollout.previousReleaseId].filter((id) => id !== null),
  );
  const release = must(releases.get(rollout.releaseId), "the release");
  const stable = releases.get(rollout.previousReleaseId ?? "");
  const { settings, stepStartedAt } = rollout;
  const isStepping = settings !== null && stepStartedAt !== null && ["stepping", "paused"].includes(rollout.state);
  const may = {
    back: await can(ctx, "deployment.rollback", deployment.projectId),
    promote: await can(ctx, "deployment.promote", deployment.projectId),
  };
  return {
    ...toRolloutSummary(rollout),
    project: deployment.project,
    environment: deployment.environment,
    deployment: deployment.name,
    model: release.model,
    modelVersion: String(release.modelVersion),
    plan: rollout.kind === "rollback" ? null : release.planNumber,
    stable: stable ? { release: stable.number, modelVersion: String(stable.modelVersion) } : null,
    settings,
    steps: stepsOf(rollout, await listSteps(ctx, rollout.id)),
    pausedBy: rollout.pausedBy,
    pausedAt: rollout.pausedAt?.toISOString() ?? null,
    dueAt: isStepping ? dueAt({ stepStartedAt }, settings).toISOString() : null,
    abortsAt: isStepping ? (abortsAt(rollout, settings)?.toISOString() ?? null) : null,
    may: {
      pause: mayDo("pause", rollout, may.back),
      resume: mayDo("resume", rollout, may.back),
      abort: mayDo("abort", rollout, may.back),
      promote: mayDo("promote", rollout, may.promote),
    },
  };
}

function mayDo(verb: RolloutVerb, rollout: RolloutRow, isPermitted: boolean): RolloutDetail["may"]["pause"] {
  const permission = verb === "promote" ? "deployment.promote" : "deployment.rollback";
  const lacking = isPermitted ? undefined : `You lack the permission ${permission} on this project.`;
  const reason = whyNot(verb, rollout) ?? lacking ?? null;
  return { allowed: reason === null, reason };
}

/** All steps of the settings, those that have begun with what they saw. */
function stepsOf({ settings, state }: RolloutRow, begun: readonly RolloutStepRow[]): RolloutStep[] {
  const last = begun.at(-1)?.position;
  return (settings?.canary ?? []).map((weight, position) => {
    const row = begun.find((step) => step.position === position);
    return {
      number: position + 1,
      weight,
      state: stateOf(row, row !== undefined && position === last && state === "aborted"),
      startedAt: row?.startedAt.toISOString() ?? null,
      finishedAt: row?.finishedAt?.toISOString() ?? null,
      analysis: row?.analysis ?? null,
    };
  });
}

function stateOf(row: RolloutStepRow | undefined, isAborted: boolean): RolloutStep["state"] {
  if (row === undefined) return "todo";
  if (isAborted) return "aborted";
  return row.finishedAt === null ? "current" : "done";
}
