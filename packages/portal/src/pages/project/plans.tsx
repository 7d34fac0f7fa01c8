import type { PlanSummary } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { planHref } from "../../lib/plan-href.ts";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { usePlansQuery } from "./use-plans-query.ts";

const columns: readonly Column<PlanSummary>[] = [
  {
    key: "plan",
    title: "Plan",
    cell: (plan) => (
      <Link to={planHref(plan)} className="link">
        <span style={{ fontWeight: 550 }}>{plan.title}</span> <span className={layout.soft}>#{plan.number}</span>
      </Link>
    ),
  },
  { key: "state", title: "State", cell: (plan) => <StateBadge state={plan.state} /> },
  { key: "environment", title: "Environment", cell: (plan) => <Pill>{plan.environment}</Pill> },
  {
    key: "approvals",
    title: "Approvals",
    tight: true,
    cell: ({ approvals: { given, needed } }) =>
      needed === 0 ? <span className={layout.soft}>none needed</span> : `${given} of ${needed}`,
  },
  {
    key: "when",
    title: "Opened",
    tight: true,
    cell: (plan) => (
      <>
        <TimeAgo at={plan.createdAt} />
        <div className={layout.soft}>by {plan.author.name}</div>
      </>
    ),
  },
];

export function Plans({ project }: { project: string }) {
  const query = usePlansQuery(project);
  const empty = (
    <EmptyState
      title="No plan yet"
      detail="Nothing changes a shared environment except by a plan: what changes, may it, who must act."
    >
      <CopyLine text="pave deploy --to staging" />
    </EmptyState>
  );
  return (
    <Card title={<span id="plans">Plans</span>} flush>
      <QueryView query={query} rows={4}>
        {({ items }) => (
          <DataTable caption="Plans" rows={items} columns={columns} rowKey={(plan) => plan.id} empty={empty} />
        )}
      </QueryView>
    </Card>
  );
}
