import { ActionIcon, Tooltip } from "@mantine/core";
import { type InboxItem, type NotificationKind, notificationKinds } from "@pave/contract";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconAt,
  IconCircleCheck,
  IconGitPullRequest,
  IconKey,
  IconMail,
  IconMailOpened,
  IconPlugConnectedX,
  IconUsers,
  IconX,
} from "@tabler/icons-react";
import { PageLink } from "../../ui/page-link.tsx";
import { Pill } from "../../ui/pill.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./inbox.module.css";
import { useMark } from "./use-inbox-queries.ts";

const icons: Record<NotificationKind, typeof IconX> = {
  "approval-wanted": IconGitPullRequest,
  "plan-decided": IconCircleCheck,
  rollback: IconArrowBackUp,
  "run-failed": IconX,
  "scheduled-run-failed": IconX,
  "backup-failed": IconX,
  "alert-opened": IconAlertTriangle,
  "alert-resolved": IconCircleCheck,
  "token-expiring": IconKey,
  "waiver-expiring": IconKey,
  mention: IconAt,
  "hand-over": IconUsers,
  "delivery-failed": IconPlugConnectedX,
};

/** One below the other; following one marks it as read. */
export function InboxItems({ items }: { items: readonly InboxItem[] }) {
  const mark = useMark();
  return (
    <ul className={classes.list}>
      {items.map((item) => (
        <Item key={item.id} item={item} onMark={(read) => mark.mutate({ ids: [item.id], read })} />
      ))}
    </ul>
  );
}

function Item({ item, onMark }: { item: InboxItem; onMark: (read: boolean) => void }) {
  const Icon = icons[item.kind];
  const isUnread = item.readAt === null;
  const verb = isUnread ? "Mark as read" : "Mark as unread";
  return (
    <li className={classes.item} data-unread={isUnread || undefined}>
      <Icon size={17} stroke={1.9} className={classes.icon} data-urgent={item.urgent || undefined} aria-hidden />
      <div className={classes.text}>
        <PageLink
          href={item.href}
          className={`link ${classes.title}`}
          onFollow={() => (isUnread ? onMark(true) : undefined)}
        >
          {isUnread ? <span className={classes.hidden}>Unread: </span> : null}
          {sentence(item.title)}
        </PageLink>
        {item.count > 1 ? (
          <>
            {" "}
            <Pill>{item.count} times</Pill>
          </>
        ) : null}
        {item.detail ? (
          <div className={classes.detail} title={item.detail}>
            {item.detail}
          </div>
        ) : null}
        <div className={classes.about}>
          {notificationKinds[item.kind].label} · {item.project ?? "platform"} · <TimeAgo at={item.at} />
        </div>
      </div>
      <Tooltip label={verb}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`${verb}: ${item.title}`}
          onClick={() => onMark(isUnread)}
        >
          {isUnread ? <IconMailOpened size={15} /> : <IconMail size={15} />}
        </ActionIcon>
      </Tooltip>
    </li>
  );
}

/** Titles begin in lower case, as in the middle of a message; names stay as they are written. */
const sentence = (title: string): string =>
  title.replace(/^(?:plan|run|the) /, (word) => word.charAt(0).toUpperCase() + word.slice(1));
