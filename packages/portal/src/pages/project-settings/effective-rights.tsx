import { Select } from "@mantine/core";
import { type AccessEntry, projectPermissions, topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";

const actions = Object.entries(projectPermissions).map(([value, { lets }]) => ({ value, label: `${lets} (${value})` }));
const total = actions.length;

/** Everybody whom a role reaches, by themselves, by a team or as platform admin, and what that comes to. */
export function EffectiveRights({ project }: { project: string }) {
  const denied = useDenied(project, "access.read");
  const [action, setAction] = useState<string | null>(null);
  const query = useQuery({
    queryKey: [topics.project(project), "access"],
    queryFn: () => api.listAccess({ params: { project } }),
    enabled: denied === null,
  });
  if (denied !== null)
    return (
      <Card title="Who may do what, and why">
        <EmptyState
          title="For admins of the project"
          detail={`${denied} What you may yourself: pave access explain me ACTION`}
        />
      </Card>
    );
  return (
    <Card
      title="Who may do what, and why"
      aside={
        <Select
          size="xs"
          w={320}
          aria-label="Only those who may"
          placeholder="who may …"
          searchable
          clearable
          data={actions}
          value={action}
          onChange={setAction}
        />
      }
      flush
    >
      <QueryView query={query} rows={3}>
        {({ items }) => (
          <DataTable
            caption="Who may do what"
            rows={items.filter(({ permissions }) => action === null || permissions.includes(action))}
            rowKey={({ principal }) => principal.id}
            empty={<EmptyState title="Nobody may" detail="An admin of the project gives a role that has it." />}
            columns={[
              { key: "who", title: "Who", cell: ({ principal }) => <Who principal={principal} /> },
              { key: "why", title: "By", cell: ({ roles }) => roles.map(byOf).join(", ") },
              {
                key: "may",
                title: "May",
                width: "40%",
                cell: ({ permissions }) => (
                  <details>
                    <summary>
                      {permissions.length} of {total}
                    </summary>
                    <code className={layout.soft}>{permissions.join(" ")}</code>
                  </details>
                ),
              },
            ]}
          />
        )}
      </QueryView>
    </Card>
  );
}

const byOf = ({ role, via }: AccessEntry["roles"][number]): string =>
  via === "member" ? `${role} here` : via === "platform admin" ? via : `${role} by the team ${via}`;

function Who({ principal: { name, kind } }: Pick<AccessEntry, "principal">) {
  return (
    <>
      <b style={{ fontWeight: 550 }}>{name}</b> {kind === "user" ? null : <Pill>{kind.replace("-", " ")}</Pill>}
    </>
  );
}
