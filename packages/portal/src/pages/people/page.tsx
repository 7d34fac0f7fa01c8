import { useSession } from "../../app/use-session.ts";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { SettingsTabs } from "../settings/settings-tabs.tsx";
import { Accounts } from "./accounts.tsx";
import { People } from "./people.tsx";
import { Teams } from "./teams.tsx";

/** Who is here, who is to come, and which teams they make? Teams are everybody's to see, the rest is for admins. */
export function PeoplePage() {
  const query = useSession();
  return (
    <Page
      title="People and teams"
      crumbs={[{ label: "Settings", to: "/settings" }, { label: "People and teams" }]}
      tabs={<SettingsTabs />}
      subtitle="Who may sign in, how they do, and which teams own what."
    >
      <QueryView query={query} rows={8}>
        {({ platformAdmin, principal }) => (
          <div className={layout.stack}>
            {platformAdmin ? <People me={principal.id} /> : null}
            <Teams mayChange={platformAdmin} />
            {platformAdmin ? <Accounts me={principal.id} /> : null}
          </div>
        )}
      </QueryView>
    </Page>
  );
}
