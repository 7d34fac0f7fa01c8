import type { PlanSummary } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { planHref } from "../../lib/plan-href.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { usePlatformPlansQuery } from "./use-environments-query.ts";

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

/** Changes of environments: each is a plan of the platform, judged by the rules it is about to replace. */
export function PlatformPlans({ environment }: { environment?: string }) {
  const query = usePlatformPlansQuery(environment);
  return (
    <Card title={environment ? "Changes of its rules" : "Changes of environments"} aside="plans of the platform" flush>
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <DataTable
            caption="Plans of the platform"
            rows={items}
            columns={environment ? columns.filter(({ key }) => key !== "environment") : columns}
            rowKey={({ id }) => id}
            empty={
              <EmptyState
                title="No change yet"
                detail="The rules are those that the platform started with. A change is a plan that platform admins approve."
              />
            }
          />
        )}
      </QueryView>
    </Card>
  );
}
