import type { Session } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { useSession } from "../../app/use-session.ts";
import { Card } from "../../ui/card.tsx";
import { Facts } from "../../ui/facts.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { Account } from "./account.tsx";
import { BackupsCard } from "./backups-card.tsx";
import { SettingsTabs } from "./settings-tabs.tsx";
import { Tokens } from "./tokens.tsx";

/** Who am I here, where am I signed in, and what acts in my name? */
export function SettingsPage() {
  const query = useSession();
  return (
    <Page
      title="Settings"
      tabs={<SettingsTabs />}
      subtitle="Who you are here, where you are signed in, and what acts in your name."
    >
      <QueryView query={query} rows={8}>
        {(session) => (
          <div className={layout.columns}>
            <div className={layout.stack}>
              <Account />
              <Tokens seesAll={session.platformAdmin} />
            </div>
            <div className={layout.stack}>
              <Me session={session} />
              {session.platformAdmin ? <BackupsCard /> : null}
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function Me({ session: { principal, platformAdmin, teams, roles } }: { session: Session }) {
  const held = Object.entries(roles).sort(([a], [b]) => a.localeCompare(b));
  return (
    <Card title="You">
      <Facts
        facts={[
          { label: "Name", value: principal.name },
          { label: "Kind", value: principal.kind.replace("-", " ") },
          {
            label: "Rights",
            value: platformAdmin ? <Pill tone="warn">platform admin</Pill> : "those of your roles",
          },
          { label: "Teams", value: teams.length > 0 ? teams.join(", ") : "none" },
          {
            label: "Roles",
            value:
              held.length === 0
                ? platformAdmin
                  ? "admin of every project"
                  : "none yet"
                : held.map(([project, role]) => (
                    <div key={project}>
                      <Link to="/projects/$project" params={{ project }} className="link">
                        {project}
                      </Link>{" "}
                      <span className={layout.soft}>{role}</span>
                    </div>
                  )),
          },
        ]}
      />
    </Card>
  );
}
