import { ActionIcon, Button, Indicator, Popover } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import classes from "../pages/inbox/inbox.module.css";
import { InboxItems } from "../pages/inbox/inbox-items.tsx";
import { useInboxQuery, useMark, useUnreadQuery } from "../pages/inbox/use-inbox-queries.ts";
import { EmptyState, QueryView } from "../ui/query-view.tsx";

/** How much is unread, on every page; pressed, it shows that. */
export function InboxBell() {
  const [opened, setOpened] = useState(false);
  const place = useRouterState({ select: ({ location }) => location.href });
  const unread = useUnreadQuery().data?.unread ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever goes somewhere else has read enough
  useEffect(() => setOpened(false), [place]);
  const words = unread === 0 ? "Inbox, nothing unread" : `Inbox, ${unread > 99 ? "more than 99" : unread} unread`;
  return (
    <Indicator
      label={unread > 99 ? "99+" : unread}
      size={15}
      offset={5}
      color="red"
      disabled={unread === 0}
      styles={{ indicator: { fontSize: 10, padding: "0 4px", pointerEvents: "none" } }}
    >
      <Popover
        opened={opened}
        onChange={setOpened}
        position="bottom-end"
        width="min(420px, calc(100vw - 20px))"
        trapFocus
        returnFocus
        shadow="md"
      >
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={words}
            title="Inbox (g i)"
            onClick={() => setOpened(!opened)}
          >
            <IconBell size={16} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown p={0}>{opened ? <Unread unread={unread} /> : null}</Popover.Dropdown>
      </Popover>
    </Indicator>
  );
}

function Unread({ unread }: { unread: number }) {
  const query = useInboxQuery({ show: "unread" }, 8);
  const mark = useMark();
  return (
    <>
      <div style={{ maxHeight: 420, overflowY: "auto" }}>
        <QueryView query={query} rows={3}>
          {({ pages }) => {
            const items = pages[0]?.items ?? [];
            return items.length === 0 ? (
              <EmptyState icon={<IconBell size={22} stroke={1.5} />} title="Nothing unread" />
            ) : (
              <InboxItems items={items} />
            );
          }}
        </QueryView>
      </div>
      <div className={classes.more} style={{ justifyContent: "space-between" }}>
        <Button
          variant="subtle"
          size="compact-xs"
          disabled={unread === 0}
          loading={mark.isPending}
          onClick={() => mark.mutate({ read: true })}
        >
          Mark all as read
        </Button>
        <Button variant="subtle" size="compact-xs" renderRoot={(props) => <Link to="/inbox" {...props} />}>
          Open the inbox
        </Button>
      </div>
    </>
  );
}
