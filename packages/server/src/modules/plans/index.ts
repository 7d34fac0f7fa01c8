export { mayDecide } from "./approval.ts";
export { checkGate, type GateProblem } from "./check-gate.ts";
export { createPlans, type Plans } from "./create-plans.ts";
export { type PlanToDecide, planToDecide } from "./deciders.ts";
export { evaluateGate, type GateRule } from "./evaluate-gate.ts";
export {
  type Evidence,
  type EvidenceSchema,
  mapOf,
  numberType,
  objectOf,
  stringType,
} from "./evidence.ts";
export { findPlanThatReads } from "./find-plan-that-reads.ts";
export { gateLookups } from "./gate-expression.ts";
export {
  type ApprovalRule,
  type Draft,
  type EvidenceSet,
  type PlannedAction,
  type PlanRequest,
  type PlanRow,
  type Read,
  withProject,
} from "./plan.ts";
export {
  type ActionHandler,
  type ActionStep,
  type Planner,
  SimulatedCrash,
} from "./plan-engine.ts";
export { plansChannel } from "./plan-events.ts";
export { plansRoutes } from "./plans-routes.ts";
export { actorOf } from "./roles-now.ts";
