import { Button } from "@mantine/core";
import { type DeploymentDetail, isolationText } from "@pave/contract";
import { Link, useParams } from "@tanstack/react-router";
import { toneOf } from "../../lib/status.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { OwnerOf } from "../project/owner-of.tsx";
import { NowFigures } from "./now-figures.tsx";
import { Releases } from "./releases.tsx";
import { RollbackButton } from "./rollback-button.tsx";
import { RolloutProgress } from "./rollout-progress.tsx";
import { TrafficCharts } from "./traffic-charts.tsx";
import { TruthSection } from "./truth.tsx";
import { TryIt } from "./try-it.tsx";
import { useDeploymentQuery } from "./use-deployment-query.ts";

/** Is it well, and is this version better than the last? */
export function DeploymentPage() {
  const key = useParams({ from: "/shell/projects/$project/deployments/$environment/$deployment" });
  const query = useDeploymentQuery(key);
  return (
    <Page
      title={key.deployment}
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: key.project, to: `/projects/${key.project}` },
        { label: key.environment },
        { label: key.deployment },
      ]}
      state={
        <>
          <Pill>{key.environment}</Pill>
          <Pill>
            of <OwnerOf project={key.project} />
          </Pill>
          {query.data ? <StateBadge state={query.data.health} /> : null}
        </>
      }
      actions={
        query.data ? (
          <>
            <DriftButton deployment={query.data} />
            <RollbackButton deployment={query.data} />
          </>
        ) : null
      }
      subtitle={query.data ? subtitleOf(query.data) : "\u00a0"}
    >
      <QueryView query={query} rows={12}>
        {(data) => <DeploymentView deployment={data} />}
      </QueryView>
    </Page>
  );
}

/** To what is said of its inputs and predictions. */
function DriftButton({ deployment: { project, environment, name } }: { deployment: DeploymentDetail }) {
  return (
    <Button
      variant="default"
      renderRoot={(props) => (
        <Link
          to="/projects/$project/monitoring/$environment/$deployment"
          params={{ project, environment, deployment: name }}
          {...props}
        />
      )}
    >
      See drift
    </Button>
  );
}

function subtitleOf({ active, kind }: DeploymentDetail): string {
  if (!active) return `${kind} deployment, nothing released yet`;
  return `${active.model} version ${active.modelVersion} in release ${active.number}, ${kind}`;
}

function DeploymentView({ deployment }: { deployment: DeploymentDetail }) {
  const tone = deployment.health === "empty" ? "idle" : toneOf(deployment.health);
  return (
    <>
      <Callout tone={tone} title={deployment.healthReason} />
      <RolloutProgress deployment={deployment} />
      <NowFigures deployment={deployment} />
      <TrafficCharts deployment={deployment} />
      <TruthSection deployment={deployment} />
      <div className={layout.columns}>
        <div className={layout.stack}>
          <Releases deployment={deployment} />
          {deployment.isolation ? (
            <Card title="Its process" aside="a model of Python">
              <p className={layout.soft} style={{ margin: 0 }}>
                {isolationText(deployment.isolation)}. <DocsLink to="/docs/isolation">What this means</DocsLink>
              </p>
            </Card>
          ) : null}
          <Card title="Call it from a program" aside="with a token in PAVE_TOKEN">
            <CopyLine text={deployment.curl} label="Copy the command" />
            <p className={layout.soft} style={{ margin: "8px 0 0", fontSize: "0.75rem" }}>
              {deployment.url} also speaks the Open Inference protocol. <code>pave tokens create</code> makes a token.
            </p>
          </Card>
        </div>
        <TryIt deployment={deployment} />
      </div>
    </>
  );
}
