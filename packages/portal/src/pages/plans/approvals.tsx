import { approversOf, counted, type Plan } from "@pave/contract";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./decision.module.css";

/** Who decided what, and who may still decide. */
export function Approvals({ plan }: { plan: Plan }) {
  const { quorum, roles, selfApproval } = plan.approvalRule;
  return (
    <div>
      <div className={classes.soft}>
        {quorum === 0
          ? `Plans for ${plan.environment} apply without an approval.`
          : `${plan.environment} asks for ${counted(quorum, "approval")} from ${approversOf({ project: plan.project, roles })}; ${
              selfApproval ? "the author may approve too (as set for this environment)" : "the author may not approve"
            }.`}
      </div>
      {plan.approvalList.length > 0 ? (
        <ul className={classes.approvals} aria-label="Decisions so far">
          {plan.approvalList.map((approval) => (
            <li key={`${approval.principal.id} ${approval.at}`} className={classes.approval}>
              <div className={classes.who}>
                <StateBadge state={approval.decision} word={`${approval.principal.name} ${approval.decision}`} />
                <span className={classes.soft}>
                  {approval.carriedOver ? "carried over, " : ""}
                  <TimeAgo at={approval.at} />
                </span>
              </div>
              {approval.comment ? <div className={classes.comment}>{approval.comment}</div> : null}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
