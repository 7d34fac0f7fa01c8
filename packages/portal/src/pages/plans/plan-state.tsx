import type { Plan } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { planHref } from "../../lib/plan-href.ts";
import { Callout } from "../../ui/callout.tsx";

/** Why the plan stands where it stands, where its state alone does not say. */
export function PlanState({ plan }: { plan: Plan }) {
  if (plan.supersededBy !== null)
    return (
      <Callout
        tone="idle"
        title={
          <>
            A newer plan took its place:{" "}
            <Link
              to={planHref({ project: plan.project, number: plan.supersededBy })}
              style={{ textDecoration: "underline" }}
            >
              plan {plan.supersededBy}
            </Link>
          </>
        }
      />
    );
  switch (plan.state) {
    case "evaluating":
      return (
        <Callout tone="busy" title="Evidence is being made">
          What runs now is evaluated again on the candidate's test set, so that both are measured by the same rows.
          Gates are asked when it is there.
        </Callout>
      );
    case "blocked":
      return (
        <Callout tone="bad" title="A gate blocks this plan">
          {blockers(plan).join("\n") || plan.message}
        </Callout>
      );
    case "stale":
      return (
        <Callout tone="warn" title="This plan went stale: something it read has moved since">
          {plan.staleBecause.join("\n")}
          {
            "\nRecompute it to see what it means now. Approvals carry over only if its actions and verdicts stay the same."
          }
        </Callout>
      );
    case "failed":
      return (
        <Callout tone="bad" title="Applying failed, and what was done was undone">
          {plan.actions.find(({ error }) => error)?.error ?? plan.message}
        </Callout>
      );
    case "rejected":
      return (
        <Callout
          tone="bad"
          title={`Rejected by ${plan.approvalList.findLast(({ decision }) => decision === "rejected")?.principal.name ?? "a reviewer"}`}
        >
          {plan.approvalList.findLast(({ decision }) => decision === "rejected")?.comment}
        </Callout>
      );
    case "cancelled":
      return <Callout tone="idle" title="This plan was withdrawn" />;
    default:
      return null;
  }
}

const blockers = (plan: Plan): string[] =>
  plan.verdicts
    .filter(({ mode, verdict }) => mode === "prevent" && (verdict === "fail" || verdict === "error"))
    .map(({ check, detail, message }) => `${check}: ${detail}${message ? ` (${message})` : ""}`);
