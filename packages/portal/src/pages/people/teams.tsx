import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { nameSchema } from "@pave/contract";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import { DisableDialog } from "../settings/disable-dialog.tsx";
import classes from "../settings/settings.module.css";
import { usePeopleQuery, useTeamsQuery } from "../settings/use-settings-queries.ts";

type Team = NonNullable<ReturnType<typeof useTeamsQuery>["data"]>["items"][number];

/** Teams own projects; their roles are their members'. Changed by platform admins, seen by everybody. */
export function Teams({ mayChange }: { mayChange: boolean }) {
  const query = useTeamsQuery();
  const [leaving, setLeaving] = useState<Team>();
  const asRef = ({ id, name }: Team) => ({ id, name, kind: "team" as const });
  return (
    <Card title="Teams" flush>
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <DataTable
            caption="Teams"
            rows={items}
            columns={columns(mayChange, setLeaving)}
            rowKey={({ id }) => id}
            empty={
              <EmptyState title="No team yet" detail="A team owns projects; what it may do there its members may do." />
            }
          />
        )}
      </QueryView>
      {mayChange ? <AddTeam /> : null}
      <DisableDialog
        leaving={leaving && asRef(leaving)}
        others={(query.data?.items ?? []).map(asRef)}
        onClose={() => setLeaving(undefined)}
      />
    </Card>
  );
}

const columns = (mayChange: boolean, onDisable: (team: Team) => void): Column<Team>[] => [
  { key: "name", title: "Team", tight: true, cell: ({ name }) => <b style={{ fontWeight: 550 }}>{name}</b> },
  { key: "members", title: "Members", cell: (team) => <Members team={team} mayChange={mayChange} /> },
  ...(mayChange
    ? [
        {
          key: "add",
          title: <span className={layout.hidden}>Add</span>,
          width: 200,
          cell: (team: Team) => <AddMember team={team} />,
        },
        {
          key: "disable",
          title: <span className={layout.hidden}>Disable</span>,
          actions: true,
          cell: (team: Team) => (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Disable ${team.name}`}
              onClick={() => onDisable(team)}
            >
              Disable
            </Button>
          ),
        },
      ]
    : []),
];

function Members({ team, mayChange }: { team: Team; mayChange: boolean }) {
  const remove = useAction({
    act: (principal: string) => api.removeTeamMember({ params: { team: team.name, principal } }),
    topics: ["teams", "session", "people"],
  });
  if (team.members.length === 0) return <span className={layout.soft}>nobody</span>;
  return (
    <span className={classes.members}>
      {team.members.map(({ id, name, byGroup }) => (
        <span
          key={id}
          className={classes.member}
          style={mayChange && !byGroup ? undefined : { paddingRight: 8 }}
          title={byGroup ? "by a group of the sign-in provider" : undefined}
        >
          {name}
          {byGroup ? <span className={classes.source}>by group</span> : null}
          {mayChange && !byGroup ? (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={18}
              aria-label={`Take ${name} out of ${team.name}`}
              onClick={() => remove.mutate(id)}
            >
              <IconX size={11} />
            </ActionIcon>
          ) : null}
        </span>
      ))}
    </span>
  );
}

function AddMember({ team }: { team: Team }) {
  const people = usePeopleQuery();
  const add = useAction({
    act: (principal: string) => api.addTeamMember({ params: { team: team.name, principal } }),
    topics: ["teams", "session"],
  });
  const inside = new Set(team.members.map(({ id }) => id));
  const others = (people.data?.items ?? []).filter(
    ({ id, kind, disabledAt }) => kind !== "team" && disabledAt === null && !inside.has(id),
  );
  return (
    <Select
      size="xs"
      aria-label={`Add to ${team.name}`}
      placeholder="add somebody"
      searchable
      data={others.map(({ id, name }) => ({ value: id, label: name }))}
      value={null}
      onChange={(id) => id && add.mutate(id)}
    />
  );
}

function AddTeam() {
  const [name, setName] = useState("");
  const add = useAction({
    act: () => api.createPrincipal({ body: { kind: "team", name } }),
    topics: ["teams", "principals"],
    done: `Made the team ${name}`,
  });
  const isWrong = name !== "" && !nameSchema.safeParse(name).success;
  return (
    <form
      className={classes.add}
      aria-label="Make a team"
      onSubmit={(event) => {
        event.preventDefault();
        void add.mutateAsync(undefined).then(
          () => setName(""),
          () => undefined,
        );
      }}
    >
      <TextInput
        size="xs"
        label="New team"
        placeholder="team-growth"
        value={name}
        error={isWrong ? "Lower-case letters, digits, dashes" : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={add.isPending} disabled={name === "" || isWrong}>
        Make
      </Button>
    </form>
  );
}
