import type { PlanState, Role } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { refuseDecision } from "./approval.ts";
import { listApprovals } from "./approvals-store.ts";
import { authorsOf } from "./authors.ts";
import { findPlan } from "./plan-store.ts";

/** A person with the roles that it has on the plan's project; a platform admin's `admin`. */
interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface PlanToDecide {
  readonly id: string;
  readonly projectId: string | null;
  readonly project: string | null;
  readonly number: number;
  readonly environment: string;
  readonly title: string;
  readonly state: PlanState;
  readonly authorId: string;
  readonly failure: string | null;
  /** Of these people those whose approval it takes now: none while it is not open. */
  deciders<C extends Candidate>(people: readonly C[]): Promise<C[]>;
}

/** The plan, and who may approve it, for whoever tells them. */
export async function planToDecide(ctx: Ctx, planId: string): Promise<PlanToDecide | undefined> {
  const plan = await findPlan(ctx, { id: planId });
  if (!plan) return undefined;
  const approvals = plan.state === "open" ? await listApprovals(ctx, [plan.id]) : [];
  const { id, projectId, project, number, environment, title, state, authorId, failure } = plan;
  return {
    ...{ id, projectId, project, number, environment, title, state, authorId, failure },
    async deciders(people) {
      if (plan.state !== "open") return [];
      const ids = [...people.map((person) => person.id), ...approvals.map(({ principalId }) => principalId)];
      const authors = (await authorsOf(ctx, [plan], ids))(plan);
      return people.filter(({ id: principalId, name, roles }) => {
        const actor = { principalId, kind: "user", name } as const;
        return refuseDecision(plan, "approved", actor, roles, approvals, authors) === undefined;
      });
    },
  };
}
