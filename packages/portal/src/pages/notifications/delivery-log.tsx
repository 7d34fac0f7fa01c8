import { Button, Select } from "@mantine/core";
import { type Delivery, notificationKinds } from "@pave/contract";
import { api } from "../../lib/api.ts";
import { exactTime } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { PageLink } from "../../ui/page-link.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import classes from "./notifications.module.css";
import { type LogFilter, useDeliveriesQuery, useTargetsQuery } from "./use-notification-queries.ts";

type Change = { readonly [K in keyof LogFilter]?: LogFilter[K] | undefined };

/** What was sent, how often it was tried, what was answered, and what comes next. */
export function DeliveryLog({ filter, onFilter }: { filter: LogFilter; onFilter: (change: Change) => void }) {
  const query = useDeliveriesQuery(filter);
  const targets = useTargetsQuery().data?.items ?? [];
  const again = useAction({
    act: (delivery: Delivery) => api.sendNotificationAgain({ params: { delivery: delivery.id } }),
    topics: ["notification-deliveries"],
    done: "It is sent again",
  });
  return (
    <Card
      title="What was sent"
      aside={
        <span className={classes.filters}>
          <Select
            size="xs"
            aria-label="Target"
            placeholder="every target"
            clearable
            data={targets.map(({ id, name }) => ({ value: id, label: name }))}
            value={filter.target ?? null}
            onChange={(target) => onFilter({ target: target ?? undefined })}
          />
          <Select
            size="xs"
            aria-label="State"
            placeholder="every state"
            clearable
            data={["waiting", "delivered", "failed"]}
            value={filter.state ?? null}
            onChange={(state) => onFilter({ state: (state as LogFilter["state"]) ?? undefined })}
          />
        </span>
      }
      flush
    >
      <QueryView query={query} rows={4}>
        {({ pages }) => (
          <DataTable
            caption="What was sent"
            rows={pages.flatMap(({ items }) => items)}
            columns={columns(again.isPending ? again.variables?.id : undefined, (delivery) => again.mutate(delivery))}
            rowKey={({ id }) => id}
            empty={
              <EmptyState
                title="Nothing was sent"
                detail="Messages appear here once a route leads something to a target."
              />
            }
          />
        )}
      </QueryView>
      {query.hasNextPage ? (
        <div className={classes.more}>
          <Button
            variant="default"
            size="xs"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Older ones
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

const columns = (sending: string | undefined, onAgain: (delivery: Delivery) => void): Column<Delivery>[] => [
  {
    key: "what",
    title: "What",
    cell: ({ kind, title, href, count, project }) => (
      <>
        <PageLink href={href} className="link">
          {title}
        </PageLink>
        <div className={classes.about}>
          {notificationKinds[kind].label} · {project ?? "platform"}
          {count > 1 ? ` · ${count} times` : ""}
        </div>
      </>
    ),
  },
  {
    key: "target",
    title: "To",
    tight: true,
    cell: ({ target, person }) => (
      <>
        {target}
        {person ? <span className={layout.soft}> ({person.name})</span> : null}
      </>
    ),
  },
  {
    key: "state",
    title: "State",
    cell: ({ state, attempts, lastStatus, lastError, nextAt }) => (
      <>
        <StateBadge state={state} />{" "}
        <span className={layout.soft}>
          {attempts > 1 ? `${attempts} tries` : ""}
          {state === "delivered" && lastStatus !== null ? ` ${lastStatus}` : ""}
        </span>
        {lastError ? <div className={classes.error}>{lastError}</div> : null}
        {nextAt ? <div className={classes.error}>next: {exactTime(nextAt)}</div> : null}
      </>
    ),
  },
  { key: "when", title: "When", tight: true, cell: ({ createdAt }) => <TimeAgo at={createdAt} /> },
  {
    key: "again",
    title: <span className={layout.hidden}>Send again</span>,
    actions: true,
    cell: (delivery) => (
      <Button
        variant="default"
        size="compact-xs"
        loading={sending === delivery.id}
        aria-label={`Send again: ${delivery.title}`}
        onClick={() => onAgain(delivery)}
      >
        {delivery.state === "waiting" ? "Send now" : "Send again"}
      </Button>
    ),
  },
];
