import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { type Planner, type PlanRequest, withProject } from "../plans/index.ts";
import { changeGatesAction } from "./project-rules.ts";
import { findRules } from "./project-rules-store.ts";
import { releaseEvidence } from "./release-evidence.ts";
import { toReads } from "./release-reads.ts";
import { specOf } from "./release-targets.ts";
import type { ReleasesDeps } from "./releases-deps.ts";
import { standingRules } from "./standing-rules.ts";

/**
 * Plans of kind `gates`: put the gates of a revision in force without releasing anything. What loosens a rule is
 * approved under the approval rule of the environment, by one person at least.
 */
export function gatesPlanner(deps: ReleasesDeps): Planner {
  const versions = async (ctx: Ctx, request: PlanRequest, options: { readonly hold: boolean }) => {
    const { projectId, environment } = withProject(request);
    const { version } = await deps.projects.getEnvironment(ctx, environment, options);
    const rules = await findRules(ctx, { projectId, environment });
    return new Map([
      [`environment ${environment}`, String(version)],
      [`gates in force in ${environment}`, rules ? String(rules.version) : "none"],
    ]);
  };
  return {
    evidence: releaseEvidence,
    versions: (ctx, request, _reads, options) => versions(ctx, request, options),
    async draft(ctx, request) {
      const { projectId, project, environment: name } = withProject(request);
      const { spec: environment } = await deps.projects.getEnvironment(ctx, name, { hold: true });
      const wanted = (request.pinned ?? request.asked) as { revision?: string };
      const revision = await deps.projects.getRevision(ctx, projectId, wanted.revision ?? "latest");
      const inForce = await findRules(ctx, { projectId, environment: name });
      const action = changeGatesAction({
        project,
        environment: name,
        inForce,
        own: specOf(revision).gates,
        revision: revision.number,
      });
      if (!action) {
        throw new PaveError(
          "plan.nothing_to_do",
          `There is nothing to do: the gates of revision ${revision.number} are in force in ${name} already`,
          { fix: "Change `gates:` in pave.yaml and push it first." },
        );
      }
      const { roles, quorum, selfApproval } = environment.approvals;
      return {
        title: action.title,
        revisionId: revision.id,
        pinned: { revision: revision.id },
        actions: [action],
        reads: toReads(await versions(ctx, request, { hold: true })),
        gates: [],
        approvals: { roles, quorum, selfApproval },
        evidence: [],
        standing: standingRules(environment),
        pending: null,
        estimate: null,
      };
    },
    present: async () => ({ candidate: null, champion: null, release: null }),
  };
}
