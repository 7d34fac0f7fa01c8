import type { Metrics, Plan } from "@pave/contract";
import { type Evidence, type Planner, withProject } from "../plans/index.ts";
import { listReleasesOfPlan } from "../serving/index.ts";
import { draftRelease } from "./draft-release.ts";
import { releaseEvidence } from "./release-evidence.ts";
import { deploymentsOf, readVersions } from "./release-reads.ts";
import type { ReleaseAsked, ReleasePinned } from "./release-targets.ts";
import type { ReleasesDeps } from "./releases-deps.ts";

/** Plans of kind `release`. */
export const releasePlanner = (deps: ReleasesDeps): Planner => ({
  evidence: releaseEvidence,
  draft: (ctx, request, { start }) =>
    draftRelease(
      deps,
      ctx,
      { ...withProject(request), asked: request.asked as ReleaseAsked, pinned: request.pinned as ReleasePinned | null },
      start,
    ),
  versions: (ctx, request, reads, { hold }) =>
    readVersions(deps, ctx, {
      ...withProject(request),
      hold,
      asked: request.asked as ReleaseAsked,
      pinned: request.pinned as ReleasePinned | null,
      deployments: deploymentsOf(reads, request.environment),
    }),
  async present(ctx, plan) {
    const values = plan.evidence[0]?.values ?? {};
    const [release] = await listReleasesOfPlan(ctx, plan.id);
    return {
      candidate: side(values.candidate),
      champion: side(values.champion),
      release: release ? { deploymentId: release.deploymentId, number: release.number, state: release.state } : null,
    };
  },
});

function side(value: Evidence[string] | undefined): Plan["candidate"] {
  if (typeof value !== "object") return null;
  const { metrics, model } = value as unknown as { metrics: Metrics; model: { name: string; version: string } };
  return { model: model.name, version: model.version, metrics };
}
