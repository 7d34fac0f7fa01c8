import { Button } from "@mantine/core";
import type { Home } from "@pave/contract";
import { IconAlertTriangle, IconChecks, IconGitPullRequest, IconShieldX, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./home.module.css";

type Waiting = Home["waiting"][number];

const kinds: Record<Waiting["kind"], { icon: typeof IconX; tone: string; verb: string; order: number }> = {
  approval: { icon: IconGitPullRequest, tone: "warn", verb: "Review", order: 0 },
  alert: { icon: IconAlertTriangle, tone: "bad", verb: "Look", order: 1 },
  "failed-release": { icon: IconX, tone: "bad", verb: "Look", order: 2 },
  "failed-run": { icon: IconX, tone: "bad", verb: "Look", order: 3 },
  "blocked-plan": { icon: IconShieldX, tone: "bad", verb: "Look", order: 4 },
};

/** What needs a person, approvals first. */
export function WaitingForMe({ items }: { items: readonly Waiting[] }) {
  const sorted = items.toSorted((a, b) => kinds[a.kind].order - kinds[b.kind].order || b.at.localeCompare(a.at));
  return (
    <Card title="Waiting for you" aside={items.length > 0 ? `${items.length}` : undefined} flush>
      {sorted.length === 0 ? (
        <EmptyState
          icon={<IconChecks size={26} stroke={1.5} />}
          title="Nothing waits for you"
          detail="Plans that need your approval, and runs and releases that failed, appear here."
        />
      ) : (
        <ul className={classes.list}>
          {sorted.map((item) => (
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
