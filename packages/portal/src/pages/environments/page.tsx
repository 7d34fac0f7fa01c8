import type { Environment } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import classes from "./environments.module.css";
import { LiveTable } from "./live-table.tsx";
import { PlatformPlans } from "./platform-plans.tsx";
import { Rules } from "./rules.tsx";
import { useEnvironmentDeploymentsQuery, useEnvironmentsQuery } from "./use-environments-query.ts";

/** Which release runs where, since when, and what does it take to get there? */
export function EnvironmentsPage() {
  const query = useEnvironmentsQuery();
  return (
    <Page
      title="Environments"
      subtitle="Which release runs where and since when, and what it takes to get there. In the order in which a release passes through them."
    >
      <QueryView query={query} rows={8}>
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <EmptyState
                title="No environment yet"
                detail="A platform admin makes one with pave environments apply FILE."
              />
            </Card>
          ) : (
            <div className={classes.path}>
              {items.map((environment) => (
                <EnvironmentCard key={environment.name} environment={environment} />
              ))}
            </div>
          )
        }
      </QueryView>
      <PlatformPlans />
    </Page>
  );
}

type Summary = Omit<Environment, "source" | "spec" | "updatedAt">;

function EnvironmentCard({ environment }: { environment: Summary }) {
  const query = useEnvironmentDeploymentsQuery(environment.name);
  return (
    <Card
      title={
        <Link to="/environments/$environment" params={{ environment: environment.name }} className="link">
          {environment.name}
        </Link>
      }
      aside={environment.description || `rules version ${environment.version}`}
      flush
    >
      <div style={{ padding: "8px 14px" }}>
        <Rules environment={environment} />
      </div>
      <div className={classes.live}>
        <QueryView query={query} rows={2}>
          {({ items }) => <LiveTable deployments={items} isShort />}
        </QueryView>
      </div>
    </Card>
  );
}
