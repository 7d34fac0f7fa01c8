import type { DecisionReason, Role } from "@pave/contract";
import type { Ctx } from "../../../db/context.ts";
import { rolesOn } from "../../access/index.ts";
import { mayDecide } from "../../plans/index.ts";
import { listEnvironments } from "./get-environment.ts";

/** What each environment that takes approvals says of the actor's, as far as no plan is named. */
export async function explainApprovals(ctx: Ctx, projectId: string): Promise<DecisionReason[]> {
  const { grant, principalId } = ctx.actor;
  const held = await rolesOn(ctx, principalId, projectId);
  const roles: readonly Role[] = grant !== "unlimited" && grant.platformAdmin ? [...held, "admin"] : held;
  return (await listEnvironments(ctx))
    .filter(({ spec }) => spec.approvals.quorum > 0)
    .map(({ name, spec: { approvals } }) => ({
      rule: "environment",
      allows: mayDecide(roles, approvals),
      text: `the environment ${name} takes ${approvals.quorum} of ${approvals.roles.join(" or ")}${approvals.selfApproval ? "" : ", other than the plan's author: name the plan to have that judged"}`,
    }));
}
