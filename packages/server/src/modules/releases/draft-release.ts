import type { Ctx } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import type { Draft } from "../plans/index.ts";
import { adviseMetrics } from "./advise-metrics.ts";
import { checkIgnored } from "./check-ignored.ts";
import type { Start } from "./compare-champion.ts";
import { estimateRelease } from "./estimate-release.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { planReleaseAction, releaseActionId } from "./plan-release-action.ts";
import { changeGatesAction, gateRules } from "./project-rules.ts";
import { findRules } from "./project-rules-store.ts";
import { redactionRules } from "./redaction-rules.ts";
import { readVersions, toReads } from "./release-reads.ts";
import {
  chooseTargets,
  type Live,
  liveReleases,
  type ReleaseAsked,
  type ReleasePinned,
  specOf,
  type Target,
  type Targets,
} from "./release-targets.ts";
import type { ReleasesDeps } from "./releases-deps.ts";
import { settleRollout } from "./rollout-settings.ts";
import { sourceRule } from "./source-rule.ts";
import { standingRules } from "./standing-rules.ts";

export interface DraftRelease {
  readonly projectId: string;
  readonly project: string;
  readonly environment: string;
  readonly asked: ReleaseAsked;
  readonly pinned: ReleasePinned | null;
}

/** The plan of a release as it would be now. */
export async function draftRelease(deps: ReleasesDeps, ctx: Ctx, input: DraftRelease, start: Start): Promise<Draft> {
  const { projectId, project, asked } = input;
  const { spec: environment } = await deps.projects.getEnvironment(ctx, input.environment, { hold: true });
  const chosen = await chooseTargets(deps, ctx, input);
  const { revision, targets, pinned } = chosen;
  const spec = specOf(revision);
  // Versions before what they number: what changes meanwhile makes the plan stale, never silently different.
  const deployments = targets.map(({ name }) => name);
  const reads = toReads(await readVersions(deps, ctx, { ...input, pinned, deployments, hold: true }));
  const live = await liveReleases(ctx, projectId, environment.name);
  const inForce = await findRules(ctx, { projectId, environment: environment.name });
  const changeGates = changeGatesAction({
    project,
    environment: environment.name,
    inForce,
    own: spec.gates,
    revision: revision.number,
  });
  const resources = await deps.infrastructure.planResources(ctx, {
    projectId,
    project,
    environment,
    resources: spec.resources,
  });
  const others = [...resources, ...(changeGates ? [changeGates] : [])];
  const settled = new Map(
    targets.map(({ name, serve }) => [name, settleRollout(name, environment, serve.rollout)] as const),
  );
  const releases = targets.flatMap((target) => {
    const { settings } = must(settled.get(target.name), "the rollout's settings");
    return planReleaseAction(target, { chosen, live, environment, asked, others: others.length, rollout: settings });
  });
  if (releases.length + others.length === 0) throw alreadyThere(environment.name, chosen);
  if (environment.after !== undefined)
    assertRunsBefore(
      environment.name,
      environment.after,
      chosen,
      await liveReleases(ctx, projectId, environment.after),
    );

  const evidence = await gatherEvidence(
    deps,
    ctx,
    { ...input, chosen, live, reviews: environment.reviews ?? [] },
    start,
  );
  const estimated = {
    targets: targets.filter(({ name }) => releases.some(({ id }) => id === releaseActionId(name))),
    live,
    evaluationRuns: evidence.evaluationRuns,
  };
  // The worker looks every second whether the evidence is there; a week of traffic need not be summed for that.
  const isOnlyLooked = start === "missing" && evidence.pending !== null;
  const { roles, quorum, selfApproval } = environment.approvals;
  return {
    title:
      releases.length > 0
        ? titleOf(targets, environment.name, asked.from)
        : `Change the configuration of ${project} in ${environment.name}`,
    revisionId: revision.id,
    pinned: { ...pinned },
    actions: [...others, ...releases],
    reads,
    gates: adviseMetrics(gateRules(environment, inForce?.gates ?? [], spec.gates), targets, evidence.sets),
    approvals: { roles, quorum, selfApproval },
    evidence: evidence.sets,
    standing: [
      ...standingRules(environment, new Set([...live.keys(), ...deployments]).size),
      ...(await sourceRule(deps, ctx, environment, revision)),
      ...[...settled.values()].flatMap(({ verdicts }) => verdicts),
      ...redactionRules(targets),
      ...evidence.remarks,
      ...checkIgnored(spec, targets),
    ],
    pending: evidence.pending,
    estimate: isOnlyLooked || releases.length === 0 ? null : await estimateRelease(deps, ctx, estimated),
  };
}

const titleOf = (targets: readonly Target[], environment: string, from: string | undefined): string => {
  const what = [...new Set(targets.map(({ version }) => `${version.model} version ${version.version}`))].join(", ");
  return from === undefined ? `Release ${what} to ${environment}` : `Promote ${what} from ${from} to ${environment}`;
};

const alreadyThere = (environment: string, { targets, revision }: Targets): PaveError => {
  const what = targets
    .map(({ name, version }) => `${name} serves ${version.model} version ${version.version}`)
    .join(", ");
  return new PaveError(
    "plan.nothing_to_do",
    `There is nothing to do: in ${environment} ${what} of revision ${revision.number} already`,
    {
      fix: "Change pave.yaml, register a new version with `pave run`, or name another one.",
    },
  );
};

/** The same version of the model, with the same configuration: that of the same revision. */
function assertRunsBefore(environment: string, after: string, { targets, revision }: Targets, live: Live): void {
  const text = (model: string, version: number, number: number) => `${model} version ${version} of revision ${number}`;
  for (const { name, version } of targets) {
    const there = live.get(name)?.release;
    const isThere =
      there?.model === version.model &&
      there.modelVersion === version.version &&
      there.revisionNumber === revision.number;
    if (isThere) continue;
    const expected = text(version.model, version.version, revision.number);
    const found = there ? text(there.model, there.modelVersion, there.revisionNumber) : "nothing";
    throw new PaveError(
      "release.not_in_previous_environment",
      `${environment} takes only what runs in ${after}: expected ${expected} at ${name} there, found ${found}`,
      {
        fix: there
          ? `Release it there first with \`pave deploy --to ${after}\`, or promote what runs there with \`pave promote ${after} ${environment}\`.`
          : `Release it there first with \`pave deploy --to ${after}\`.`,
      },
    );
  }
}
