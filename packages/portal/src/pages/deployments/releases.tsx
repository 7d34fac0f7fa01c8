import type { DeploymentDetail, Release } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { percent } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { RolloutLink } from "../rollouts/rollout-link.tsx";

/** What ran here, newest first, and who put it there. */
export function Releases({ deployment }: { deployment: DeploymentDetail }) {
  return (
    <Card title="Releases" aside={<LastRollout deployment={deployment} />} flush>
      <DataTable
        caption="Releases of this deployment"
        rows={deployment.releases}
        columns={columnsFor(deployment)}
        rowKey={(row) => row.id}
        empty={
          <EmptyState
            title="Nothing was released here yet"
            detail={`pave deploy --to ${deployment.environment} plans the first release.`}
          />
        }
      />
    </Card>
  );
}

/** How the last one went; while it is on, or where it failed, the page leads there from its top. */
function LastRollout({ deployment }: { deployment: DeploymentDetail }) {
  const { rollout } = deployment;
  if (rollout?.kind !== "canary" || rollout.state !== "completed") return null;
  return <RolloutLink deployment={deployment} rollout={rollout.number} />;
}

const columnsFor = ({ project, weights }: DeploymentDetail): readonly Column<Release>[] => [
  { key: "number", title: "Release", cell: (row) => <b>{row.number}</b> },
  {
    key: "version",
    title: "Version",
    cell: (row) => (
      <Link
        className="link"
        to="/projects/$project/models/$model/versions/$version"
        params={{ project, model: row.model, version: row.modelVersion }}
      >
        {row.model} version {row.modelVersion}
      </Link>
    ),
  },
  { key: "state", title: "State", cell: (row) => <StateBadge state={row.state} /> },
  {
    key: "weight",
    title: "Traffic",
    numeric: true,
    cell: (row) => {
      const share = weights.find(({ release }) => release === row.number)?.weight;
      return share === undefined ? <span className={layout.soft}>–</span> : percent(share / 100, 0);
    },
  },
  {
    key: "plan",
    title: "Plan",
    tight: true,
    cell: (row) => (
      <Link className="link" to="/projects/$project/plans/$plan" params={{ project, plan: String(row.plan.number) }}>
        plan {row.plan.number}
      </Link>
    ),
  },
  {
    key: "since",
    title: "Live since",
    tight: true,
    cell: (row) => (
      <>
        {row.activatedAt ? <TimeAgo at={row.activatedAt} /> : isOver(row) ? "never" : "not yet"}
        <div className={layout.soft}>by {row.createdBy.name}</div>
      </>
    ),
  },
];

const isOver = ({ state }: Release): boolean => state === "rolled-back" || state === "failed";
