import { useNavigate, useSearch } from "@tanstack/react-router";
import { useSession } from "../../app/use-session.ts";
import { DocsLink } from "../../ui/docs-link.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { SettingsTabs } from "../settings/settings-tabs.tsx";
import { DeliveryLog } from "./delivery-log.tsx";
import { parseLogSearch } from "./log-search.ts";
import { MyPreferences } from "./my-preferences.tsx";
import { Routes } from "./routes.tsx";
import { Targets } from "./targets.tsx";

/** Who is told what, where does it go, and did it arrive? */
export function NotificationsPage() {
  const session = useSession();
  const search = useSearch({ from: "/shell/settings/notifications" });
  const navigate = useNavigate({ from: "/settings/notifications" });
  return (
    <Page
      title="Notifications"
      crumbs={[{ label: "Settings", to: "/settings" }, { label: "Notifications" }]}
      tabs={<SettingsTabs />}
      subtitle="What you are told, and what your teams send to other places."
      actions={<DocsLink to="/docs/notifications">How this works</DocsLink>}
    >
      <QueryView query={session} rows={8}>
        {({ platformAdmin, teams }) => (
          <div className={layout.columns}>
            <div className={layout.stack}>
              <Targets teams={teams} isAdmin={platformAdmin} />
              <Routes teams={teams} isAdmin={platformAdmin} />
              <DeliveryLog
                filter={search}
                onFilter={(change) =>
                  void navigate({ search: parseLogSearch({ ...search, ...change }), replace: true })
                }
              />
            </div>
            <MyPreferences />
          </div>
        )}
      </QueryView>
    </Page>
  );
}
