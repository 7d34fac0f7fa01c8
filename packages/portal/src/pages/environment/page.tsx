import type { Environment } from "@pave/contract";
import { IconPencil } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { Card } from "../../ui/card.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "../environments/environments.module.css";
import { LiveTable } from "../environments/live-table.tsx";
import { PlatformPlans } from "../environments/platform-plans.tsx";
import { Rules } from "../environments/rules.tsx";
import { useEnvironmentDeploymentsQuery, useEnvironmentQuery } from "../environments/use-environments-query.ts";
import { ChangeRules } from "./change-rules.tsx";

/** What runs here since when, by which rules, and who changed them? */
export function EnvironmentPage() {
  const { environment } = useParams({ from: "/shell/environments/$environment" });
  const query = useEnvironmentQuery(environment);
  const denied = useDenied(null, "environment.update");
  const [isChanging, setChanging] = useState(false);
  return (
    <Page
      title={environment}
      crumbs={[{ label: "Environments", to: "/environments" }, { label: environment }]}
      state={query.data?.frozen ? <Pill tone="bad">frozen</Pill> : null}
      subtitle={query.data?.description || "\u00a0"}
      actions={
        query.data && !isChanging ? (
          <GuardedButton
            variant="default"
            leftSection={<IconPencil size={14} />}
            blocked={denied}
            onClick={() => setChanging(true)}
          >
            Change its rules
          </GuardedButton>
        ) : null
      }
    >
      <QueryView query={query} rows={8}>
        {(data) => (
          <>
            {isChanging ? <ChangeRules environment={data} onClose={() => setChanging(false)} /> : null}
            <EnvironmentView environment={data} />
          </>
        )}
      </QueryView>
    </Page>
  );
}

function EnvironmentView({ environment }: { environment: Environment }) {
  const query = useEnvironmentDeploymentsQuery(environment.name);
  return (
    <div className={layout.columns}>
      <div className={layout.stack}>
        <Card title="What runs here" flush>
          <QueryView query={query} rows={3}>
            {({ items }) => <LiveTable deployments={items} />}
          </QueryView>
        </Card>
        <PlatformPlans environment={environment.name} />
        <Card title="As written" flush>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
          <section className={classes.source} tabIndex={0} aria-label="The environment's YAML">
            {environment.source}
          </section>
        </Card>
      </div>
      <div className={layout.stack}>
        <Card
          title="Its rules"
          aside={
            <>
              version {environment.version}, <TimeAgo at={environment.updatedAt} />
            </>
          }
        >
          <Rules environment={environment} spec={environment.spec} />
        </Card>
      </div>
    </div>
  );
}
