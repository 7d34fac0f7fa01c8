import { Button } from "@mantine/core";
import type { Target, TargetTest } from "@pave/contract";
import { IconPlus, IconSend } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import classes from "./notifications.module.css";
import { TargetForm } from "./target-form.tsx";
import { notificationTopics, useTargetsQuery } from "./use-notification-queries.ts";

/** Where messages go: added, tried, removed. */
export function Targets({ teams, isAdmin }: { teams: readonly string[]; isAdmin: boolean }) {
  const query = useTargetsQuery();
  const [isAsking, setAsking] = useState(false);
  const [secret, setSecret] = useState<{ name: string; text: string }>();
  const [leaving, setLeaving] = useState<Target>();
  const [tried, setTried] = useState<{ name: string; result: TargetTest }>();
  const test = useAction({
    act: (target: Target) => api.testNotificationTarget({ params: { target: target.id } }),
    topics: ["notification-targets"],
  });
  const remove = useAction({
    act: (target: Target) => api.removeNotificationTarget({ params: { target: target.id } }),
    topics: notificationTopics,
    done: "The target is removed",
  });
  const tryOut = (target: Target) => {
    setTried(undefined);
    test.mutate(target, { onSuccess: (result) => setTried({ name: target.name, result }) });
  };
  const mayNot =
    isAdmin || teams.length > 0 ? null : "Targets belong to teams, and you are in none. A platform admin can add you.";
  return (
    <Card
      title="Targets"
      aside={
        <GuardedButton leftSection={<IconPlus size={14} />} blocked={mayNot} onClick={() => setAsking(true)}>
          New target
        </GuardedButton>
      }
      flush
    >
      {secret ? (
        <div className={classes.once} role="status">
          <b>Messages to {secret.name} are signed with this secret, shown this once: copy it now.</b>
          <CopyLine text={secret.text} label="Copy the signing secret" />
        </div>
      ) : null}
      {tried ? (
        <div className={classes.tried}>
          <Callout
            tone={tried.result.ok ? "good" : "bad"}
            title={`${tried.name} ${tried.result.status === null ? "was not reached" : `answered ${tried.result.status}`} after ${tried.result.milliseconds} ms`}
          >
            {tried.result.answer ? <span className={layout.mono}>{tried.result.answer}</span> : null}
          </Callout>
        </div>
      ) : null}
      <QueryView query={query} rows={3}>
        {({ items }) => (
          <DataTable
            caption="Targets"
            rows={items}
            columns={columns(test.isPending ? test.variables?.id : undefined, tryOut, setLeaving)}
            rowKey={({ id }) => id}
            empty={
              <EmptyState
                title="No target"
                detail="A target is where messages go: a webhook, a channel of Slack or Teams, addresses of e-mail."
              />
            }
          />
        )}
      </QueryView>
      <TargetForm
        opened={isAsking}
        teams={teams}
        isAdmin={isAdmin}
        onClose={() => setAsking(false)}
        onAdded={(name, text) => setSecret(text === null ? undefined : { name, text })}
      />
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Remove the target ${leaving?.name ?? ""}?`}
        confirm="Remove the target"
        danger
        onConfirm={async () => leaving && remove.mutateAsync(leaving)}
        onClose={() => setLeaving(undefined)}
      >
        Its routes go with it, and what still waits for it is not sent. What was sent stays in the log.
      </ConfirmDialog>
    </Card>
  );
}

const columns = (
  trying: string | undefined,
  onTest: (target: Target) => void,
  onRemove: (target: Target) => void,
): Column<Target>[] => [
  {
    key: "name",
    title: "Target",
    cell: ({ name, kind, forPeople }) => (
      <>
        <b style={{ fontWeight: 550 }}>{name}</b> <Pill>{kind}</Pill>{" "}
        {forPeople ? <Pill tone="busy">for people</Pill> : null}
      </>
    ),
  },
  {
    key: "of",
    title: "Of",
    tight: true,
    cell: ({ team }) => team ?? <span className={layout.soft}>the platform</span>,
  },
  { key: "place", title: "Leads to", cell: ({ place }) => <span className={classes.place}>{place}</span> },
  {
    key: "last",
    title: "Last",
    cell: ({ last, waiting }) =>
      last === null ? (
        <span className={layout.soft}>{waiting > 0 ? `${waiting} waiting` : "nothing yet"}</span>
      ) : (
        <span title={last.error ?? undefined}>
          <StateBadge state={last.state} word={last.state === "waiting" ? "tried again" : undefined} />{" "}
          <span className={layout.soft}>
            <TimeAgo at={last.at} />
            {waiting > 0 ? ` · ${waiting} waiting` : ""}
          </span>
        </span>
      ),
  },
  {
    key: "actions",
    title: <span className={layout.hidden}>Actions</span>,
    actions: true,
    cell: (target) => (
      <span className={classes.actions}>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconSend size={12} />}
          loading={trying === target.id}
          aria-label={`Test ${target.name}`}
          onClick={() => onTest(target)}
        >
          Test
        </Button>
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`Remove ${target.name}`}
          onClick={() => onRemove(target)}
        >
          Remove
        </Button>
      </span>
    ),
  },
];
