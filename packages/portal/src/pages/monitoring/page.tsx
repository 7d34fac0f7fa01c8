import { Button } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { AlertList } from "./alert-list.tsx";
import { MonitorList } from "./monitor-list.tsx";
import { useAlertsQuery, useMonitorsQuery } from "./use-monitoring-queries.ts";
import { PsiOfDrift } from "./what-is-psi.tsx";

/** Predicted or actual loss, and the fix? */
export function MonitoringPage() {
  const { project } = useParams({ from: "/shell/projects/$project/monitoring" });
  const [state, setState] = useState<"unresolved" | "all">("unresolved");
  const [alerts, monitors] = [useAlertsQuery(project, state), useMonitorsQuery(project)];
  return (
    <Page
      title="Monitoring"
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: "Monitoring" },
      ]}
      subtitle="What is deployed, held against the reference its model was trained on"
    >
      <Card
        title="Alerts"
        aside={
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            onClick={() => setState(state === "all" ? "unresolved" : "all")}
          >
            {state === "all" ? "Only unresolved" : "Resolved ones too"}
          </Button>
        }
        flush
      >
        <QueryView query={alerts} rows={2}>
          {({ items }) => <AlertList project={project} alerts={items} isAll={state === "all"} />}
        </QueryView>
      </Card>
      <Card
        title="Deployments"
        aside={
          <>
            judged by PSI <PsiOfDrift />
          </>
        }
        flush
      >
        <QueryView query={monitors} rows={3}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title="Nothing is deployed" detail="A deployment is watched from its first release on." />
            ) : (
              <MonitorList project={project} monitors={items} />
            )
          }
        </QueryView>
      </Card>
    </Page>
  );
}
