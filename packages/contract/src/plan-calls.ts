import type { Client } from "./client.ts";
import type { Plan } from "./resources/plans.ts";

interface Said {
  /** The hash that was looked at. */
  readonly hash: string;
  readonly comment?: string;
}

/** What can be asked about one plan, whoever's it is. */
export interface PlanCalls {
  show(): Promise<Plan>;
  approve(said: Said): Promise<Plan>;
  reject(said: Said): Promise<Plan>;
  apply(said: Said): Promise<Plan>;
  recompute(): Promise<Plan>;
  cancel(): Promise<Plan>;
}

/** Calls about a plan of a project, or of the platform where the project is null. */
export function planCalls(client: Client, { project, number: plan }: Pick<Plan, "project" | "number">): PlanCalls {
  if (project === null) {
    const params = { plan };
    return {
      show: () => client.getPlatformPlan({ params }),
      approve: (body) => client.approvePlatformPlan({ params, body }),
      reject: (body) => client.rejectPlatformPlan({ params, body }),
      apply: (body) => client.applyPlatformPlan({ params, body }),
      recompute: () => client.recomputePlatformPlan({ params }),
      cancel: () => client.cancelPlatformPlan({ params }),
    };
  }
  const params = { project, plan };
  return {
    show: () => client.getPlan({ params }),
    approve: (body) => client.approvePlan({ params, body }),
    reject: (body) => client.rejectPlan({ params, body }),
    apply: (body) => client.applyPlan({ params, body }),
    recompute: () => client.recomputePlan({ params }),
    cancel: () => client.cancelPlan({ params }),
  };
}
