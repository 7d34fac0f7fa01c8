import { Button, SegmentedControl, Select } from "@mantine/core";
import { notificationKinds } from "@pave/contract";
import { IconChecks, IconInbox, IconSettings } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import classes from "./inbox.module.css";
import { InboxItems } from "./inbox-items.tsx";
import { parseInboxSearch } from "./inbox-search.ts";
import { useInboxQuery, useMark, useUnreadQuery } from "./use-inbox-queries.ts";

const kinds = Object.entries(notificationKinds).map(([value, { label }]) => ({ value, label }));

/** What was I told? */
export function InboxPage() {
  const search = useSearch({ from: "/shell/inbox" });
  const navigate = useNavigate({ from: "/inbox" });
  const { show, kind } = search;
  const query = useInboxQuery({ show: show ?? "all", ...(kind ? { kind } : {}) });
  const unread = useUnreadQuery().data?.unread ?? 0;
  const mark = useMark();
  return (
    <Page
      title="Inbox"
      subtitle="What you were told, the newest first. Approvals are gone when somebody has decided."
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconSettings size={14} />}
            renderRoot={(props) => <Link to="/settings/notifications" {...props} />}
          >
            Preferences
          </Button>
          <Button
            variant="default"
            leftSection={<IconChecks size={14} />}
            disabled={unread === 0}
            loading={mark.isPending}
            onClick={() => mark.mutate({ read: true })}
          >
            Mark all as read
          </Button>
        </>
      }
    >
      <Card
        title={
          <div className={classes.bar}>
            <SegmentedControl
              size="xs"
              aria-label="What is shown"
              data={[
                { value: "all", label: "All" },
                { value: "unread", label: unread > 0 ? `Unread (${unread > 99 ? "99+" : unread})` : "Unread" },
              ]}
              value={show ?? "all"}
              onChange={(value) =>
                void navigate({ search: parseInboxSearch({ ...search, show: value }), replace: true })
              }
            />
            <Select
              size="xs"
              aria-label="Kind"
              placeholder="every kind"
              clearable
              data={kinds}
              value={kind ?? null}
              onChange={(value) =>
                void navigate({ search: parseInboxSearch({ ...search, kind: value }), replace: true })
              }
            />
          </div>
        }
        flush
      >
        <QueryView query={query} rows={6}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            return items.length === 0 ? (
              <EmptyState
                icon={<IconInbox size={26} stroke={1.5} />}
                title={show === "unread" || kind ? "Nothing of that kind" : "Nothing yet"}
                detail="Plans that need your approval, alerts, rollbacks, failed runs and mentions appear here."
              />
            ) : (
              <InboxItems items={items} />
            );
          }}
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
    </Page>
  );
}
