import type { Home } from "@pave/contract";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { DeploymentsNow } from "./deployments-now.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { InboxCard } from "./inbox-card.tsx";
import { ProjectsNow } from "./projects-now.tsx";
import { RecentActivity } from "./recent-activity.tsx";
import { RunningNow } from "./running-now.tsx";
import { useHomeQuery } from "./use-home-query.ts";
import { WaitingForMe } from "./waiting-for-me.tsx";

/** What waits for me? Then what runs, what serves, and what happened. */
export function HomePage() {
  const query = useHomeQuery();
  return (
    <Page title="Home" subtitle="What waits for you, what runs now, and how what is live is doing.">
      <QueryView query={query} rows={10}>
        {(home) =>
          isEmpty(home) ? (
            <FirstSteps />
          ) : (
            <div className={layout.columns}>
              <div className={layout.stack}>
                <WaitingForMe items={home.waiting} />
                <RunningNow runs={home.running} />
                <DeploymentsNow deployments={home.deployments} />
                <ProjectsNow />
              </div>
              <div className={layout.stack}>
                <InboxCard />
                <RecentActivity events={home.recent} />
              </div>
            </div>
          )
        }
      </QueryView>
    </Page>
  );
}

const isEmpty = ({ waiting, running, deployments, recent }: Home): boolean =>
  waiting.length + running.length + deployments.length === 0 && !recent.some(({ project }) => project !== null);
