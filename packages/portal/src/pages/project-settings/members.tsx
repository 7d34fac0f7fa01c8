import { ActionIcon, Button, Select } from "@mantine/core";
import { type Role, roles, topics } from "@pave/contract";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useMembersQuery } from "../project/use-members-query.ts";
import classes from "../settings/settings.module.css";
import { usePeopleQuery } from "../settings/use-settings-queries.ts";

type Member = NonNullable<ReturnType<typeof useMembersQuery>["data"]>["items"][number];

/** Who has which role here: given, changed, taken away. */
export function Members({ project }: { project: string }) {
  const query = useMembersQuery(project);
  const denied = useDenied(project, "member.update");
  const [leaving, setLeaving] = useState<Member>();
  const about = [topics.project(project), "session"];
  const set = useAction({
    act: ({ principal, role }: { principal: string; role: Role }) =>
      api.setMember({ params: { project, principal }, body: { role } }),
    topics: about,
    done: "The role is given",
  });
  const remove = useAction({
    act: (principal: string) => api.removeMember({ params: { project, principal } }),
    topics: about,
    done: "The role is taken away",
  });
  return (
    <Card title="Members" aside={denied ? "only an admin of the project changes roles" : undefined} flush>
      <QueryView query={query} rows={3}>
        {({ items }) => (
          <>
            <DataTable
              caption="Members"
              rows={items}
              columns={columns(denied === null, (principal, role) => set.mutate({ principal, role }), setLeaving)}
              rowKey={({ principal }) => principal.id}
              empty={<EmptyState title="Only platform admins so far" detail="Give somebody a role to let them in." />}
            />
            {denied === null ? (
              <AddMember members={items} onAdd={(principal, role) => set.mutateAsync({ principal, role })} />
            ) : null}
          </>
        )}
      </QueryView>
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Take ${leaving?.principal.name ?? ""} out of ${project}?`}
        confirm="Take the role away"
        danger
        onConfirm={async () => leaving && remove.mutateAsync(leaving.principal.id)}
        onClose={() => setLeaving(undefined)}
      >
        They lose what the role allows with their next request. Roles by a team stay.
      </ConfirmDialog>
    </Card>
  );
}

const columns = (
  mayChange: boolean,
  onRole: (principal: string, role: Role) => void,
  onRemove: (member: Member) => void,
): Column<Member>[] => [
  {
    key: "name",
    title: "Who",
    cell: ({ principal }) => (
      <>
        <b style={{ fontWeight: 550 }}>{principal.name}</b>{" "}
        {principal.kind === "user" ? null : <Pill>{principal.kind.replace("-", " ")}</Pill>}
      </>
    ),
  },
  {
    key: "role",
    title: "Role",
    width: 240,
    cell: (member) =>
      mayChange ? (
        <span style={{ display: "flex", alignItems: "center", justifyContent: "space-between", gap: 6, minHeight: 28 }}>
          <RoleOf member={member} onRole={onRole} />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Take ${member.principal.name} out`}
            onClick={() => onRemove(member)}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </span>
      ) : (
        <RoleOf member={member} />
      ),
  },
];

/** Can be chosen where there is something to call; what a group of the provider gives cannot. */
function RoleOf({
  member: { principal, role, byGroup },
  onRole,
}: {
  member: Member;
  onRole?: (principal: string, role: Role) => void;
}) {
  if (byGroup)
    return (
      <span title="A group of the sign-in provider gives it, and takes it away">
        {role} <span className={layout.soft}>by group</span>
      </span>
    );
  if (!onRole) return <>{role}</>;
  return (
    <Select
      size="xs"
      w={150}
      aria-label={`Role of ${principal.name}`}
      data={[...roles]}
      allowDeselect={false}
      value={role}
      onChange={(value) => value && value !== role && onRole(principal.id, value as Role)}
    />
  );
}

function AddMember({
  members,
  onAdd,
}: {
  members: readonly Member[];
  onAdd: (principal: string, role: Role) => Promise<unknown>;
}) {
  const people = usePeopleQuery();
  const [principal, setPrincipal] = useState<string | null>(null);
  const [role, setRole] = useState<Role>("developer");
  const inside = new Set(members.map((member) => member.principal.id));
  const others = (people.data?.items ?? []).filter(({ id, disabledAt }) => disabledAt === null && !inside.has(id));
  return (
    <form
      className={classes.add}
      aria-label="Add a member"
      onSubmit={(event) => {
        event.preventDefault();
        if (principal)
          void onAdd(principal, role).then(
            () => setPrincipal(null),
            () => undefined,
          );
      }}
    >
      <Select
        size="xs"
        w={220}
        label="Person, team or account"
        placeholder="choose"
        searchable
        data={others.map(({ id, name, kind }) => ({ value: id, label: kind === "user" ? name : `${name} (${kind})` }))}
        value={principal}
        onChange={setPrincipal}
      />
      <Select
        size="xs"
        w={150}
        label="Role"
        data={[...roles]}
        allowDeselect={false}
        value={role}
        onChange={(value) => setRole(value ?? "developer")}
      />
      <Button type="submit" variant="default" disabled={principal === null}>
        Add
      </Button>
    </form>
  );
}
