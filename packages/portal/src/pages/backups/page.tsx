import { Button } from "@mantine/core";
import { type Backup, topics } from "@pave/contract";
import { IconDatabaseExport } from "@tabler/icons-react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import { SettingsTabs } from "../settings/settings-tabs.tsx";
import { BackupFigures } from "./backup-figures.tsx";
import { BackupTable } from "./backup-table.tsx";
import { BackupTrouble } from "./backup-trouble.tsx";
import { HowBackupsAreMade } from "./how-made.tsx";
import { useBackupsQuery } from "./use-backups-query.ts";

/** Could the platform be brought back, and when was that last proved? */
export function BackupsPage() {
  const query = useBackupsQuery();
  const denied = useDenied(null, "backup.manage");
  const make = useAction({
    act: () => api.createBackup({}),
    topics: [topics.backups],
    done: "A worker begins with it",
  });
  const underWay = query.data?.items.some(isUnderWay) ?? false;
  return (
    <Page
      title="Backups"
      crumbs={[{ label: "Settings", to: "/settings" }, { label: "Backups" }]}
      tabs={<SettingsTabs />}
      subtitle="Could the platform be brought back, and when was that last proved?"
      actions={
        <>
          <DocsLink to="/docs/backup">How to restore one</DocsLink>
          <GuardedButton
            blocked={denied ?? (underWay ? "One is being made." : null)}
            leftSection={<IconDatabaseExport size={14} />}
            loading={make.isPending}
            onClick={() => make.mutate(undefined)}
          >
            Back up now
          </GuardedButton>
        </>
      }
    >
      <QueryView query={query} rows={6}>
        {({ settings, items }) => (
          <div className={layout.stack}>
            <BackupTrouble settings={settings} items={items} />
            <BackupFigures settings={settings} items={items} />
            <div className={layout.columns}>
              <Card title="Backups" flush>
                {items.length === 0 ? (
                  <EmptyState
                    title="No backup yet"
                    detail="One holds every row, every artifact and the ledger as they are at one moment. It is made while everything goes on."
                  >
                    <Button variant="default" disabled={denied !== null} onClick={() => make.mutate(undefined)}>
                      Make the first one
                    </Button>
                  </EmptyState>
                ) : (
                  <BackupTable items={items} denied={denied} />
                )}
              </Card>
              <HowBackupsAreMade settings={settings} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

const isUnderWay = ({ state }: Backup): boolean => state === "requested" || state === "running";
