import { Button } from "@mantine/core";
import type { Session } from "@pave/contract";
import { IconBell } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useSession } from "../../app/use-session.ts";
import { Card } from "../../ui/card.tsx";
import { Facts } from "../../ui/facts.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { People } from "./people.tsx";
import { Teams } from "./teams.tsx";
import { Tokens } from "./tokens.tsx";

/** Who am I here, what acts in my name, and, for admins, who else? */
export function SettingsPage() {
  const query = useSession();
  return (
    <Page
      title="Settings"
      subtitle="Who you are here, what acts in your name, and who else may."
      actions={
        <Button
          variant="default"
          leftSection={<IconBell size={14} />}
          renderRoot={(props) => <Link to="/settings/notifications" {...props} />}
        >
          Notifications
        </Button>
      }
    >
      <QueryView query={query} rows={8}>
        {(session) => (
          <div className={layout.columns}>
            <div className={layout.stack}>
              <Tokens seesAll={session.platformAdmin} />
              {session.platformAdmin ? <People me={session.principal.id} /> : null}
              <Teams mayChange={session.platformAdmin} />
            </div>
            <Me session={session} />
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
