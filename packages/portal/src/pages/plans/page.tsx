import type { Plan } from "@pave/contract";
import { useParams } from "@tanstack/react-router";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { Discussion } from "../discussion/discussion.tsx";
import { Actions } from "./actions.tsx";
import { Comparison } from "./comparison.tsx";
import { Decision } from "./decision.tsx";
import { Details } from "./details.tsx";
import { Estimate } from "./estimate.tsx";
import { Gates } from "./gates.tsx";
import { PlanState } from "./plan-state.tsx";
import { Rollout } from "./rollout.tsx";
import { usePlanQuery } from "./use-plan-query.ts";

/** What changes, may it, who must act? */
export function PlanPage() {
  const { project, plan } = useParams({ from: "/shell/projects/$project/plans/$plan" });
  const crumbs = [
    { label: "Projects", to: "/projects" },
    { label: project, to: `/projects/${project}` },
  ];
  return <PlanOf project={project} number={Number(plan)} crumbs={crumbs} />;
}

/** The same about a plan of the platform, which every project feels. */
export function PlatformPlanPage() {
  const { plan } = useParams({ from: "/shell/plans/$plan" });
  return <PlanOf project={null} number={Number(plan)} crumbs={[{ label: "Platform" }]} />;
}

interface PlanOfProps {
  readonly project: string | null;
  readonly number: number;
  readonly crumbs: readonly { readonly label: string; readonly to?: string }[];
}

function PlanOf({ project, number, crumbs }: PlanOfProps) {
  const query = usePlanQuery(project, number);
  return (
    <Page
      title={query.data ? query.data.title : `Plan ${number}`}
      crumbs={[...crumbs, { label: `Plan ${number}` }]}
      state={query.data ? <StateBadge state={query.data.state} /> : null}
      subtitle={query.data ? <Subtitle plan={query.data} /> : "\u00a0"}
    >
      <QueryView query={query} rows={12}>
        {(data) => <PlanView plan={data} />}
      </QueryView>
    </Page>
  );
}

function Subtitle({ plan: { author, environment, createdAt, message, state } }: { plan: Plan }) {
  const isOver = ["applied", "failed", "rejected", "cancelled"].includes(state);
  return (
    <>
      {author.name} {isOver ? "proposed" : "proposes"} to change {environment}, <TimeAgo at={createdAt} />
      {message ? `: ${message}` : ""}
    </>
  );
}

function PlanView({ plan }: { plan: Plan }) {
  return (
    <div className={layout.columns}>
      <div className={layout.stack}>
        <PlanState plan={plan} />
        <Rollout plan={plan} />
        <Actions actions={plan.actions} />
        <Comparison plan={plan} />
        {plan.project === null && plan.verdicts.length === 0 ? null : <Gates verdicts={plan.verdicts} />}
        {plan.project === null ? null : <Discussion project={plan.project} subject={`plan/${plan.number}`} />}
      </div>
      <div className={`${layout.stack} ${layout.sticky}`}>
        <Decision key={plan.id} plan={plan} />
        <Details plan={plan} />
        <Estimate plan={plan} />
      </div>
    </div>
  );
}
