import { Button, Switch } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import { DisableDialog } from "../settings/disable-dialog.tsx";
import classes from "../settings/settings.module.css";
import { usePeopleQuery } from "../settings/use-settings-queries.ts";
import { Invitations } from "./invitations.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { usePersonsQuery } from "./use-people-queries.ts";

export type Person = NonNullable<ReturnType<typeof usePersonsQuery>["data"]>["items"][number];

/** A link that is shown this once, and whose it is. */
export interface MadeLink {
  readonly title: string;
  readonly url: string;
}

/** People who may sign in, those who are invited, and those who left. */
export function People({ me }: { me: string }) {
  const query = usePersonsQuery();
  const accounts = usePeopleQuery();
  const [isInviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<Person>();
  const [showsGone, setShowsGone] = useState(false);
  const [link, setLink] = useState<MadeLink>();
  const makeLink = useAction({
    act: async ({ id, name }: Person) => {
      const { url } = await api.createSignInLink({ body: { principal: id } });
      setLink({ title: `A link for ${name} to sign in by, once. Give it to nobody else.`, url });
    },
    topics: [],
  });
  return (
    <Card
      title="People"
      aside={
        <span style={{ display: "inline-flex", gap: 14, alignItems: "center" }}>
          <Switch
            size="xs"
            labelPosition="left"
            label="with those who left"
            checked={showsGone}
            onChange={(event) => setShowsGone(event.currentTarget.checked)}
          />
          <Button leftSection={<IconPlus size={14} />} onClick={() => setInviting(true)}>
            Invite
          </Button>
        </span>
      }
      flush
    >
      {link ? (
        <div className={classes.once} role="status">
          <b>{link.title}</b>
          <CopyLine text={link.url} label="Copy the link" />
        </div>
      ) : null}
      <QueryView query={query} rows={4}>
        {({ items }) => (
          <DataTable
            caption="People"
            rows={items.filter(({ disabledAt }) => showsGone || disabledAt === null)}
            columns={columns(me, (person) => makeLink.mutate(person), setLeaving)}
            rowKey={({ id }) => id}
            empty={<EmptyState title="Nobody" detail="Invite somebody by their e-mail address." />}
          />
        )}
      </QueryView>
      <Invitations onLink={setLink} />
      <InviteDialog opened={isInviting} onClose={() => setInviting(false)} onMade={setLink} />
      <DisableDialog
        leaving={leaving && { id: leaving.id, kind: "user", name: leaving.name }}
        others={(accounts.data?.items ?? []).filter(({ disabledAt }) => disabledAt === null)}
        onClose={() => setLeaving(undefined)}
        removes
      />
    </Card>
  );
}

const ways = { provider: "provider", password: "password", link: "link" } as const;

const columns = (
  me: string,
  onLink: (person: Person) => void,
  onRemove: (person: Person) => void,
): Column<Person>[] => [
  {
    key: "name",
    title: "Name",
    cell: (person) => (
      <span className={person.disabledAt ? classes.gone : undefined}>
        <b style={{ fontWeight: 550 }}>{person.name}</b> {person.id === me ? <Pill>you</Pill> : null}
        {person.disabledAt ? <Pill>left</Pill> : null}{" "}
        {person.platformAdmin && !person.disabledAt ? (
          <Pill tone="warn">platform admin{person.adminByGroup ? " by group" : ""}</Pill>
        ) : null}
      </span>
    ),
  },
  { key: "email", title: "E-mail", cell: ({ email }) => email ?? <span className={layout.soft}>–</span> },
  {
    key: "teams",
    title: "Teams",
    cell: ({ teams }) => (teams.length > 0 ? teams.join(", ") : <span className={layout.soft}>–</span>),
  },
  {
    key: "ways",
    title: "Signs in by",
    tight: true,
    cell: ({ signsInBy }) => ways[signsInBy[0] ?? "link"],
  },
  {
    key: "seen",
    title: "Last seen",
    tight: true,
    cell: ({ lastSeenAt }) => (lastSeenAt ? <TimeAgo at={lastSeenAt} /> : <span className={layout.soft}>never</span>),
  },
  {
    key: "do",
    title: <span className={layout.hidden}>Actions</span>,
    actions: true,
    cell: (person) =>
      person.disabledAt ? null : (
        <span style={{ display: "inline-flex", gap: 6 }}>
          <Button
            variant="default"
            size="compact-xs"
            aria-label={`Sign-in link for ${person.name}`}
            onClick={() => onLink(person)}
          >
            Sign-in link
          </Button>
          {person.id === me ? null : (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Remove ${person.name}`}
              onClick={() => onRemove(person)}
            >
              Remove
            </Button>
          )}
        </span>
      ),
  },
];
