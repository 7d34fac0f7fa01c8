import { ActionIcon, Button, Select } from "@mantine/core";
import { type Role, roles, topics } from "@pave/contract";
import { IconTrash } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { useSession } from "../../app/use-session.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import { ProjectTabs, projectCrumbs } from "../project/project-tabs.tsx";
import { useMembersQuery } from "../project/use-members-query.ts";
import { useProjectQuery } from "../project/use-project-query.ts";
import classes from "../settings/settings.module.css";
import { usePeopleQuery } from "../settings/use-settings-queries.ts";
import { Connections } from "./connections.tsx";
import { EffectiveRights } from "./effective-rights.tsx";
import { Owner } from "./owner.tsx";
import { RepositoryCard } from "./repository.tsx";
import { RoleTable } from "./role-table.tsx";
import { Secrets } from "./secrets.tsx";
import { ServiceAccounts } from "./service-accounts.tsx";
import { Trusts } from "./trusts.tsx";

type Member = NonNullable<ReturnType<typeof useMembersQuery>["data"]>["items"][number];
const tiers = ["experimental", "internal", "critical"] as const;

/** Who may do what in this project, and how much depends on it? */
export function ProjectSettingsPage() {
  const { project } = useParams({ from: "/shell/projects/$project/settings" });
  const query = useProjectQuery(project);
  return (
    <Page
      title="Settings"
      crumbs={projectCrumbs(project, "Settings")}
      tabs={<ProjectTabs project={project} />}
      subtitle="Who may do what here, and what its steps are given. What the project runs and serves stands in its pave.yaml."
    >
      <QueryView query={query} rows={8}>
        {(data) => (
          <div className={layout.columns}>
            <div className={layout.stack}>
              <Members project={project} />
              <RepositoryCard project={project} />
              <EffectiveRights project={project} />
              <ServiceAccounts project={project} />
              <Trusts project={project} />
              <Secrets project={project} />
              <Connections project={project} />
              <RoleTable />
            </div>
            <div className={layout.stack}>
              <Owner project={project} owner={data.owner} />
              <Tier project={project} tier={data.tier} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function Members({ project }: { project: string }) {
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
    width: 180,
    cell: ({ principal, role, byGroup }) =>
      byGroup ? (
        <span title="A group of the sign-in provider gives it, and takes it away">
          {role} <span className={layout.soft}>by group</span>
        </span>
      ) : mayChange ? (
        <Select
          size="xs"
          w={150}
          aria-label={`Role of ${principal.name}`}
          data={[...roles]}
          allowDeselect={false}
          value={role}
          onChange={(value) => value && value !== role && onRole(principal.id, value as Role)}
        />
      ) : (
        role
      ),
  },
  ...(mayChange
    ? [
        {
          key: "remove",
          title: <span className={layout.hidden}>Remove</span>,
          width: 50,
          cell: (member: Member) => (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Take ${member.principal.name} out`}
              onClick={() => onRemove(member)}
            >
              <IconTrash size={14} />
            </ActionIcon>
          ),
        },
      ]
    : []),
];

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

/** A lower tier may ask for less of a release: it is given by platform admins only. */
function Tier({ project, tier }: { project: string; tier: (typeof tiers)[number] }) {
  const { data: session } = useSession();
  const [asked, setAsked] = useState<(typeof tiers)[number]>();
  const set = useAction({
    act: (value: (typeof tiers)[number]) => api.setProjectTier({ params: { project }, body: { tier: value } }),
    topics: [topics.project(project)],
    done: "The tier is set",
  });
  return (
    <Card title="Tier">
      {session?.platformAdmin ? (
        <Select
          size="xs"
          label="How much depends on it"
          data={[...tiers]}
          allowDeselect={false}
          value={tier}
          onChange={(value) => setAsked(tiers.find((one) => one === value && one !== tier))}
        />
      ) : (
        <Pill>{tier}</Pill>
      )}
      <p style={{ margin: "8px 0 0", fontSize: "0.8125rem", color: "var(--ink-soft)" }}>
        Gates may ask for it. A push only raises it; a platform admin may also lower it.
      </p>
      <ConfirmDialog
        opened={asked !== undefined}
        title={`Make ${project} ${asked ?? ""}?`}
        confirm={`Make it ${asked ?? ""}`}
        danger={asked !== undefined && tiers.indexOf(asked) < tiers.indexOf(tier)}
        onConfirm={async () => asked && set.mutateAsync(asked)}
        onClose={() => setAsked(undefined)}
      >
        Gates and approvals that ask for the tier judge the next plan by it.
      </ConfirmDialog>
    </Card>
  );
}
