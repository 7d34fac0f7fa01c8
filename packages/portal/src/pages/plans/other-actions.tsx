import type { Plan } from "@pave/contract";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import classes from "./decision.module.css";
import type { Decide } from "./use-decide.ts";

const openStates: readonly Plan["state"][] = ["evaluating", "blocked", "open", "ready", "stale"];

/** Reject, recompute, withdraw: each only where it means something. */
export function OtherActions({ plan, comment, decide }: { plan: Plan; comment: string; decide: Decide }) {
  const [asks, setAsks] = useState<"reject" | "withdraw">();
  const mayAuthor = useDenied(plan.project, plan.project === null ? "platform-plan.apply" : "plan.create");
  const mayDecide = useDenied(plan.project, plan.project === null ? "platform-plan.approve" : "plan.approve");
  const isOpen = openStates.includes(plan.state);
  return (
    <div className={classes.row}>
      {plan.state === "stale" || plan.state === "blocked" ? (
        <GuardedButton
          variant={plan.state === "stale" ? "filled" : "default"}
          leftSection={<IconRefresh size={14} />}
          loading={decide.recompute.isPending}
          blocked={mayAuthor}
          onClick={() => decide.recompute.mutate(undefined)}
        >
          Recompute
        </GuardedButton>
      ) : null}
      {plan.state === "open" || plan.state === "ready" ? (
        <GuardedButton
          variant="default"
          {...(mayDecide ? {} : { c: "var(--bad)" })}
          blocked={mayDecide}
          onClick={() => setAsks("reject")}
        >
          Reject
        </GuardedButton>
      ) : null}
      {isOpen ? (
        <GuardedButton variant="subtle" color="gray" blocked={mayAuthor} onClick={() => setAsks("withdraw")}>
          Withdraw
        </GuardedButton>
      ) : null}
      <ConfirmDialog
        opened={asks === "reject"}
        title={`Reject plan ${plan.number}?`}
        confirm="Reject the plan"
        danger
        comment={{ label: "Reason", placeholder: comment || "What would have to be different", required: true }}
        onConfirm={(reason) => decide.reject.mutateAsync({ hash: plan.hash, comment: reason })}
        onClose={() => setAsks(undefined)}
      >
        Nothing is changed in {plan.environment}, and {plan.author.name} sees your reason.
      </ConfirmDialog>
      <ConfirmDialog
        opened={asks === "withdraw"}
        title={`Withdraw plan ${plan.number}?`}
        confirm="Withdraw the plan"
        danger
        onConfirm={() => decide.withdraw.mutateAsync(undefined)}
        onClose={() => setAsks(undefined)}
      >
        It can no longer be approved or applied. The same change can be planned again at any time.
      </ConfirmDialog>
    </div>
  );
}
