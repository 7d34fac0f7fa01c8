import type { Alert } from "@pave/contract";
import { IconChecks } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { DataTable } from "../../ui/data-table.tsx";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./monitoring.module.css";

/** The newest first. */
export function AlertList({ project, alerts, isAll }: { project: string; alerts: readonly Alert[]; isAll: boolean }) {
  return (
    <DataTable
      caption="Alerts"
      rows={alerts}
      rowKey={({ number }) => String(number)}
      empty={
        <EmptyState
          icon={<IconChecks size={26} stroke={1.5} />}
          title={isAll ? "There was no alert yet" : "No alerts"}
          detail="A change alerts when it is large, beyond chance, and found in two of the last three windows."
        />
      }
      columns={[
        {
          key: "what",
          title: "Alert",
          cell: (alert) => (
            <>
              <Link
                to="/projects/$project/monitoring/alerts/$alert"
                params={{ project, alert: String(alert.number) }}
                className="link"
              >
                {alert.title}
              </Link>
              <div className={classes.soft}>{alert.reason}</div>
            </>
          ),
        },
        {
          key: "severity",
          title: "Severity",
          tight: true,
          cell: ({ severity }) => <Pill tone={severity === "page" ? "bad" : "warn"}>{severity}</Pill>,
        },
        { key: "state", title: "State", tight: true, cell: (alert) => <AlertState state={alert.state} /> },
        { key: "opened", title: "Opened", tight: true, cell: ({ openedAt }) => <TimeAgo at={openedAt} /> },
      ]}
    />
  );
}

/** An open plan waits for approval, an open alert for somebody to look. */
export const AlertState = ({ state }: { state: Alert["state"] }) => (
  <StateBadge
    state={{ open: "attention", acknowledged: "running", resolved: "done" }[state]}
    word={{ open: "open", acknowledged: "somebody looks", resolved: "resolved" }[state]}
  />
);
