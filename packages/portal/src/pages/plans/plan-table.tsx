import type { PlanSummary } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { planHref } from "../../lib/plan-href.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";

/** Plans wherever they are listed: of a project, of the platform, of one environment, whose name then says nothing. */
export function PlanTable({
  caption,
  plans,
  empty,
  ofOneEnvironment = false,
}: {
  caption: string;
  plans: readonly PlanSummary[];
  empty: ReactNode;
  ofOneEnvironment?: boolean;
}) {
  const shown = ofOneEnvironment ? columns.filter(({ key }) => key !== "environment") : columns;
  return <DataTable caption={caption} rows={plans} columns={shown} rowKey={({ id }) => id} empty={empty} />;
}

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
