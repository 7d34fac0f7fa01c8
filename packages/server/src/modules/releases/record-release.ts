import { topics } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { recordEvent } from "../ledger/index.ts";
import type { DeploymentRow, ReleaseRow } from "../serving/index.ts";

/** Tells the ledger, and the browsers that look at the deployment, what became of a release in it. */
export async function recordRelease(
  ctx: Ctx,
  type: string,
  deployment: DeploymentRow,
  release: ReleaseRow,
  data: Record<string, unknown>,
): Promise<void> {
  await recordEvent(ctx, {
    type,
    subjectType: "deployment",
    subjectId: deployment.id,
    projectId: deployment.projectId,
    revisionId: release.revisionId,
    result: type === "release.failed" || type === "rollout.aborted" ? "failed" : "ok",
    data: {
      environment: deployment.environment,
      deployment: deployment.name,
      release: release.number,
      model: release.model,
      version: String(release.modelVersion),
      ...data,
    },
  });
  hintDeployment(ctx, deployment);
}

export function hintDeployment(ctx: Ctx, { project, environment, name }: DeploymentRow): void {
  ctx.hint(topics.deployment(project, environment, name), topics.project(project), topics.home);
}
