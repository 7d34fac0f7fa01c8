import { type AlertDetail, counted, topics } from "@pave/contract";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { capitalized, count } from "../../lib/format.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Facts } from "../../ui/facts.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import { Discussion } from "../discussion/discussion.tsx";
import { AlertState } from "./alert-list.tsx";
import { useAlertQuery } from "./use-monitoring-queries.ts";
import { PsiOfDrift } from "./what-is-psi.tsx";

/** What was found, what to do, and who knows? */
export function AlertPage() {
  const { project, alert } = useParams({ from: "/shell/projects/$project/monitoring/alerts/$alert" });
  const query = useAlertQuery(project, Number(alert));
  const { data } = query;
  return (
    <Page
      title={`Alert ${alert}`}
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: "Monitoring", to: `/projects/${project}/monitoring` },
        { label: `Alert ${alert}` },
      ]}
      state={data ? <AlertState state={data.state} /> : null}
      actions={data ? <Acknowledge project={project} alert={data} /> : null}
      subtitle={data?.title ?? "\u00a0"}
    >
      <QueryView query={query} rows={6}>
        {(found) => <AlertView project={project} alert={found} />}
      </QueryView>
    </Page>
  );
}

function AlertView({ project, alert }: { project: string; alert: AlertDetail }) {
  const { environment, deployment, model, modelVersion, release } = alert;
  const tone = alert.state === "resolved" ? "good" : alert.severity === "page" ? "bad" : "warn";
  const found = (
    <>
      {alert.reason} {alert.reason.includes("PSI") ? <PsiOfDrift /> : null}
    </>
  );
  return (
    <>
      {alert.state === "resolved" ? (
        <Callout tone={tone} title={`Resolved: ${alert.resolution}`}>
          It had found: {found}
        </Callout>
      ) : (
        <Callout tone={tone} title={found}>
          {capitalized(alert.fix)}
        </Callout>
      )}
      <div className={layout.columns}>
        <Card title="Who was told" aside="webhook" flush>
          <Deliveries alert={alert} />
        </Card>
        <Card title="About">
          <Facts
            facts={[
              {
                label: "Deployment",
                value: (
                  <Link
                    to="/projects/$project/monitoring/$environment/$deployment"
                    params={{ project, environment, deployment }}
                    className="link"
                  >
                    {environment} / {deployment}
                  </Link>
                ),
              },
              { label: "Model", value: model === null ? "–" : `${model} version ${modelVersion}, release ${release}` },
              { label: "Severity", value: alert.severity },
              { label: "Opened", value: <TimeAgo at={alert.openedAt} /> },
              {
                label: "Seen",
                value: (
                  <>
                    {counted(alert.occurrences, "time")}, last <TimeAgo at={alert.seenAt} />
                  </>
                ),
              },
              {
                label: "Acknowledged",
                value: alert.acknowledgedBy
                  ? `${alert.acknowledgedBy.name}${alert.comment ? `: ${alert.comment}` : ""}`
                  : "by nobody",
              },
              ...(alert.resolvedAt ? [{ label: "Resolved", value: <TimeAgo at={alert.resolvedAt} /> }] : []),
            ]}
          />
        </Card>
      </div>
      <Discussion project={project} subject={`alert/${alert.number}`} />
    </>
  );
}

const deliveryStates = { waiting: "waiting", delivered: "done", failed: "failed" };

function Deliveries({ alert: { deliveries } }: { alert: AlertDetail }) {
  return (
    <DataTable
      caption="Messages to the webhook"
      rows={deliveries}
      rowKey={({ event, deliveredAt, nextAt, attempts }) => `${event} ${deliveredAt ?? nextAt ?? attempts}`}
      empty={<EmptyState title="No webhook was told" detail="PAVE_ALERT_WEBHOOK of the server names one." />}
      columns={[
        { key: "event", title: "Message", cell: ({ event }) => event.replace(".", " ") },
        {
          key: "state",
          title: "State",
          tight: true,
          cell: ({ state }) => <StateBadge state={deliveryStates[state]} word={state} />,
        },
        { key: "attempts", title: "Tries", numeric: true, cell: ({ attempts }) => count(attempts) },
        { key: "error", title: "Last answer", cell: ({ lastError, lastStatus }) => lastError ?? lastStatus ?? "–" },
      ]}
    />
  );
}

function Acknowledge({ project, alert }: { project: string; alert: AlertDetail }) {
  const [isAsking, setAsking] = useState(false);
  const denied = useDenied(project, "alert.update");
  const acknowledge = useAction({
    act: (comment: string) => api.acknowledgeAlert({ params: { project, alert: alert.number }, body: { comment } }),
    topics: [topics.monitoring(project)],
    done: `Alert ${alert.number} is yours`,
  });
  if (alert.state !== "open") return null;
  return (
    <>
      <GuardedButton blocked={denied} onClick={() => setAsking(true)}>
        Acknowledge
      </GuardedButton>
      <ConfirmDialog
        opened={isAsking}
        title={`Acknowledge alert ${alert.number}?`}
        confirm="Acknowledge"
        comment={{ label: "What is being done", placeholder: "Kept beside the alert", required: false }}
        onConfirm={(comment) => acknowledge.mutateAsync(comment)}
        onClose={() => setAsking(false)}
      >
        Everybody sees that you look at it. It resolves by itself when its cause is gone.
      </ConfirmDialog>
    </>
  );
}
