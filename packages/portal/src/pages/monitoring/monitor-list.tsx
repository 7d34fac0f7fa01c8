import type { Monitor } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { DataTable } from "../../ui/data-table.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { DriftBadge } from "./drift-badge.tsx";
import classes from "./monitoring.module.css";
import { windowText } from "./window-text.ts";

export function MonitorList({ project, monitors }: { project: string; monitors: readonly Monitor[] }) {
  return (
    <DataTable
      caption="Deployments that are watched"
      rows={monitors}
      rowKey={({ environment, deployment }) => `${environment}/${deployment}`}
      empty={null}
      columns={[
        {
          key: "deployment",
          title: "Deployment",
          cell: ({ environment, deployment, model, modelVersion, reason }) => (
            <>
              <Link
                to="/projects/$project/monitoring/$environment/$deployment"
                params={{ project, environment, deployment }}
                className="link"
              >
                {environment} / {deployment}
              </Link>
              <div className={classes.soft}>
                {model === null ? "" : `${model} version ${modelVersion}: `}
                {reason}
              </div>
            </>
          ),
        },
        { key: "state", title: "Drift", tight: true, cell: ({ state }) => <DriftBadge status={state} /> },
        {
          key: "slo",
          title: "Service level",
          tight: true,
          cell: ({ slo }) => <SloWord slo={slo} />,
        },
        {
          key: "window",
          title: "Next window",
          tight: true,
          cell: ({ window }) => windowText(window),
        },
        { key: "judged", title: "Judged", tight: true, cell: ({ judgedAt }) => <TimeAgo at={judgedAt} /> },
      ]}
    />
  );
}

function SloWord({ slo }: Pick<Monitor, "slo">) {
  if (slo.length === 0) return <>none set</>;
  const burning = slo.filter(({ burn }) => burn.some(({ isBurning }) => isBurning));
  return <>{burning.length === 0 ? "kept" : burning.map(({ name }) => `${name} burns`).join(", ")}</>;
}
