import { Checkbox, Textarea } from "@mantine/core";
import { approversOf, counted, type Plan } from "@pave/contract";
import { IconCheck, IconRocket } from "@tabler/icons-react";
import { useState } from "react";
import { Card } from "../../ui/card.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { Approvals } from "./approvals.tsx";
import classes from "./decision.module.css";
import { OtherActions } from "./other-actions.tsx";
import { useDecide } from "./use-decide.ts";

/** Who must act, and the buttons to act with. An approval carries the hash that its giver has on the screen. */
export function Decision({ plan }: { plan: Plan }) {
  const [comment, setComment] = useState("");
  const [seenHash, setSeenHash] = useState(plan.hash);
  const decide = useDecide(plan);
  const hasChanged = seenHash !== plan.hash && plan.state === "open";
  const isDecidable =
    plan.state === "open" || plan.state === "blocked" || plan.state === "evaluating" || plan.state === "stale";
  const unread = hasChanged ? "The plan changed while you looked at it. Look again, then tick the box above." : null;
  const body = { hash: plan.hash, comment: comment.trim() };
  return (
    <Card title="Decision" aside={asideOf(plan)}>
      <div className={classes.stack}>
        <Approvals plan={plan} />
        {hasChanged ? (
          <Checkbox
            size="xs"
            checked={false}
            onChange={() => setSeenHash(plan.hash)}
            label="The plan changed while this page was open. I have looked at it again."
          />
        ) : null}
        {isDecidable ? (
          <>
            <Textarea
              label="Comment"
              placeholder="Why, or what you checked (kept in the ledger)"
              autosize
              minRows={2}
              maxRows={8}
              maxLength={2000}
              value={comment}
              onChange={(event) => setComment(event.currentTarget.value)}
            />
            <GuardedButton
              size="md"
              fullWidth
              leftSection={<IconCheck size={18} stroke={2.4} />}
              loading={decide.approve.isPending}
              blocked={unread ?? reasonOf(plan.mayApprove)}
              onClick={() => decide.approve.mutate(body)}
            >
              Approve
            </GuardedButton>
          </>
        ) : null}
        {plan.state === "ready" ? (
          <GuardedButton
            size="md"
            fullWidth
            leftSection={<IconRocket size={18} />}
            loading={decide.apply.isPending}
            blocked={reasonOf(plan.mayApply)}
            onClick={() => decide.apply.mutate(body)}
          >
            Apply
          </GuardedButton>
        ) : null}
        <p className={classes.hint}>{hintOf(plan)}</p>
        <OtherActions plan={plan} comment={comment} decide={decide} />
      </div>
    </Card>
  );
}

const reasonOf = ({ allowed, reason }: Plan["mayApprove"]): string | null =>
  allowed ? null : (reason ?? "You may not do this.");

function asideOf({ approvals: { given, needed } }: Plan): string {
  return needed === 0 ? "no approval needed" : `${given} of ${counted(needed, "approval")}`;
}

/** One sentence: what pressing the button means, or who else must act. */
function hintOf(plan: Plan): string {
  const { given, needed } = plan.approvals;
  const approvers = approversOf({ project: plan.project, roles: plan.approvalRule.roles });
  switch (plan.state) {
    case "evaluating":
      return "It can be approved when the evidence is there.";
    case "blocked":
      return "A blocked plan cannot be approved: change the model, or ask the owner of the rule.";
    case "stale":
      return "A stale plan cannot be approved: recompute it first.";
    case "open": {
      if (!plan.mayApprove.allowed)
        return `${plan.mayApprove.reason ?? ""} It takes ${needed - given} more from ${approvers}.`.trim();
      const last =
        given + 1 >= needed
          ? "With your approval it has all it needs"
          : `After yours ${needed - given - 1} more are needed`;
      return `${last}. You approve exactly this plan; if anything in it changes, your approval does not count.`;
    }
    case "ready":
      return plan.mayApply.allowed
        ? `All approvals are there. ${plan.project === null ? "Once it is applied, every plan is judged by the new rules." : "Applying moves the traffic when the new version is ready; it can be rolled back."}`
        : (plan.mayApply.reason ?? "");
    case "applying":
      return "It is being applied. The page shows each step as it happens.";
    case "applied":
      return `Applied${plan.appliedBy ? ` by ${plan.appliedBy.name}` : ""}.`;
    case "failed":
      return "It failed and was undone. Make a new plan when the cause is fixed.";
    case "rejected":
    case "cancelled":
      return "Nothing was changed by it.";
  }
}
