import type { Deployment } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { milliseconds, percent, perMinute } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import classes from "./side.module.css";
import { useDeploymentsQuery } from "./use-deployments-query.ts";

export function Deployments({ project }: { project: string }) {
  const query = useDeploymentsQuery(project);
  return (
    <Card
      title={<span id="deployments">Deployments</span>}
      aside={
        <Link to="/projects/$project/monitoring" params={{ project }} className="link">
          Monitoring
        </Link>
      }
      flush
    >
      <QueryView query={query} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="Nothing is deployed" detail="The first applied plan makes an endpoint." />
          ) : (
            <ul className={classes.list}>
              {items.map((deployment) => (
                <DeploymentItem key={deployment.id} deployment={deployment} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}

function DeploymentItem({ deployment }: { deployment: Deployment }) {
  const { project, environment, name, active, now } = deployment;
  return (
    <li className={classes.item}>
      <div className={classes.line}>
        <Link
          to="/projects/$project/deployments/$environment/$deployment"
          params={{ project, environment, deployment: name }}
          className={`link ${classes.name}`}
        >
          {environment} / {name}
        </Link>
        <StateBadge state={deployment.health} />
      </div>
      <div className={classes.soft}>
        {active ? `${active.model} version ${active.modelVersion}` : "nothing is live"}
        {active
          ? trafficOf(now).map((part) => (
              <Fragment key={part}>
                {" · "}
                <span className={classes.whole}>{part}</span>
              </Fragment>
            ))
          : null}
      </div>
    </li>
  );
}

const trafficOf = ({ requestsPerMinute, p99Ms, errorRate }: Deployment["now"]): string[] =>
  requestsPerMinute === 0
    ? ["no requests"]
    : [perMinute(requestsPerMinute), `p99 ${milliseconds(p99Ms)}`, `${percent(errorRate)} errors`];
