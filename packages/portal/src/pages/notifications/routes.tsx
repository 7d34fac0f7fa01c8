import { Button } from "@mantine/core";
import { type NotificationRoute, notificationKinds } from "@pave/contract";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import classes from "./notifications.module.css";
import { RouteForm } from "./route-form.tsx";
import { scheduleWords } from "./schedule-fields.tsx";
import { notificationTopics, useRoutesQuery, useTargetsQuery } from "./use-notification-queries.ts";

/** What goes to which target, and when. */
export function Routes({ teams, isAdmin }: { teams: readonly string[]; isAdmin: boolean }) {
  const query = useRoutesQuery();
  const targets = useTargetsQuery().data?.items ?? [];
  const [isAsking, setAsking] = useState(false);
  const [leaving, setLeaving] = useState<NotificationRoute>();
  const remove = useAction({
    act: (route: NotificationRoute) => api.removeNotificationRoute({ params: { route: route.id } }),
    topics: notificationTopics,
    done: "The route is removed",
  });
  return (
    <Card
      title="Routes"
      aside={
        <GuardedButton
          leftSection={<IconPlus size={14} />}
          blocked={targets.length === 0 ? "A route leads to a target: add one first." : null}
          onClick={() => setAsking(true)}
        >
          New route
        </GuardedButton>
      }
      flush
    >
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <DataTable
            caption="Routes"
            rows={items}
            columns={columns(setLeaving)}
            rowKey={({ id }) => id}
            empty={
              <EmptyState
                title="No route"
                detail="A route says which kinds of notifications, of which projects, go to a target, and when."
              />
            }
          />
        )}
      </QueryView>
      <RouteForm opened={isAsking} targets={targets} teams={teams} isAdmin={isAdmin} onClose={() => setAsking(false)} />
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Remove the route to ${leaving?.target ?? ""}?`}
        confirm="Remove the route"
        danger
        onConfirm={async () => leaving && remove.mutateAsync(leaving)}
        onClose={() => setLeaving(undefined)}
      >
        What comes up from now on does not go there by it. The target stays.
      </ConfirmDialog>
    </Card>
  );
}

export const routeColumns: readonly Column<NotificationRoute>[] = [
  {
    key: "kinds",
    title: "What",
    cell: ({ kinds }) => (
      <span className={classes.pills}>
        {kinds.length === 0
          ? "everything"
          : kinds.map((kind) => <Pill key={kind}>{notificationKinds[kind].label}</Pill>)}
      </span>
    ),
  },
  {
    key: "of",
    title: "Of",
    cell: ({ team, tiers }) => (
      <>
        {team ?? "every team"}
        {tiers.length > 0 ? <span className={layout.soft}>, {tiers.join(" and ")} projects</span> : null}
      </>
    ),
  },
  { key: "target", title: "To", tight: true, cell: ({ target }) => <b style={{ fontWeight: 550 }}>{target}</b> },
  { key: "when", title: "When", cell: ({ schedule }) => scheduleWords(schedule) },
];

const columns = (onRemove: (route: NotificationRoute) => void): Column<NotificationRoute>[] => [
  ...routeColumns,
  {
    key: "remove",
    title: <span className={layout.hidden}>Remove</span>,
    actions: true,
    cell: (route) => (
      <Button
        variant="default"
        size="compact-xs"
        aria-label={`Remove the route to ${route.target}`}
        onClick={() => onRemove(route)}
      >
        Remove
      </Button>
    ),
  },
];
