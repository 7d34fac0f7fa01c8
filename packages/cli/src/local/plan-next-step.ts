import { counted, type Plan } from "@pave/contract";
import { planCommand } from "./plan-of.ts";

/** What is to be done about a plan that does not go on by itself. */
export function nextStep(plan: Plan): string | undefined {
  switch (plan.state) {
    case "blocked": {
      const blocking = plan.verdicts.filter(
        ({ verdict, mode }) => mode === "prevent" && ["fail", "error"].includes(verdict),
      );
      const gates = counted(blocking.length, "gate");
      return `Blocked by ${gates}: nothing was released. Release a model that passes, or correct the gate where it stands.`;
    }
    case "open":
      return plan.number === 0 ? "It would wait for approval." : `Waits for approval: ${planCommand("approve", plan)}`;
    case "stale":
      return `Compute it again: ${planCommand("recompute", plan)}`;
    default:
      return undefined;
  }
}
