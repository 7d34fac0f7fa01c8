import { Button } from "@mantine/core";
import type { Waiting } from "@pave/contract";
import {
  IconAlertTriangle,
  IconChecks,
  IconGitPullRequest,
  IconListCheck,
  IconPlayerPause,
  IconShieldX,
  IconX,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./home.module.css";

const kinds: Record<Waiting["kind"], { icon: typeof IconX; tone: string; verb: string }> = {
  approval: { icon: IconGitPullRequest, tone: "warn", verb: "Review" },
  alert: { icon: IconAlertTriangle, tone: "bad", verb: "Look" },
  "paused-rollout": { icon: IconPlayerPause, tone: "warn", verb: "Decide" },
  review: { icon: IconListCheck, tone: "warn", verb: "Review" },
  "failed-run": { icon: IconX, tone: "bad", verb: "Look" },
  "blocked-plan": { icon: IconShieldX, tone: "bad", verb: "Look" },
};

/** What needs a person, the most urgent first. */
export function WaitingForMe({ items }: { items: readonly Waiting[] }) {
  return (
    <Card title="Waiting for you" aside={items.length > 0 ? `${items.length}` : undefined} flush>
      {items.length === 0 ? (
        <EmptyState
          icon={<IconChecks size={26} stroke={1.5} />}
          title="Nothing waits for you"
          detail="Plans that need your approval, alerts, rollouts that paused and runs that failed appear here."
        />
      ) : (
        <ul className={classes.list}>
          {items.map((item) => (
            <WaitingItem key={`${item.kind} ${item.href}`} item={item} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function WaitingItem({ item }: { item: Waiting }) {
  const { icon: Icon, tone, verb } = kinds[item.kind];
  return (
    <li className={classes.item} data-tone={tone}>
      <Icon size={17} stroke={1.9} className={classes.itemIcon} aria-hidden />
      <div className={classes.itemText}>
        <Link to={item.href} className={`link ${classes.itemTitle}`}>
          {item.title}
        </Link>
        <div className={classes.itemDetail}>
          {item.project ?? "platform"} · {item.detail} · <TimeAgo at={item.at} />
        </div>
      </div>
      <Button
        component={Link}
        to={item.href}
        variant={item.kind === "approval" ? "filled" : "default"}
        aria-label={`${verb}: ${item.title}`}
      >
        {verb}
      </Button>
    </li>
  );
}
