import { ActionIcon, Button } from "@mantine/core";
import { type Connection, type ConnectionCheck, connectionPlace, topics } from "@pave/contract";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import { ConnectionForm } from "./connection-form.tsx";
import { useConnectionsQuery } from "./use-outside-queries.ts";

const keyOf = ({ name, environment }: Pick<Connection, "name" | "environment">) => `${name} ${environment ?? ""}`;
const ofEnvironment = (environment: string | null) => (environment === null ? {} : { environment });

/** Where the project's data comes from: added, proved, removed. */
export function Connections({ project }: { project: string }) {
  const query = useConnectionsQuery(project);
  const denied = useDenied(project, "connection.update");
  const [asked, setAsked] = useState<Connection | "new">();
  const [leaving, setLeaving] = useState<Connection>();
  const [checked, setChecked] = useState<{ readonly connection: Connection; readonly result: ConnectionCheck }>();
  const about = [topics.project(project)];
  const check = useAction({
    act: async (connection: Connection) => {
      setChecked(undefined);
      const { name, environment } = connection;
      const params = { project, connection: name };
      setChecked({ connection, result: await api.checkConnection({ params, body: ofEnvironment(environment) }) });
    },
    topics: about,
  });
  const remove = useAction({
    act: ({ name, environment }: Connection) =>
      api.removeConnection({ params: { project, connection: name }, query: ofEnvironment(environment) }),
    topics: about,
    done: "The connection is removed",
  });
  const busy = check.isPending ? check.variables : undefined;
  return (
    <Card
      title="Connections"
      aside={
        <GuardedButton blocked={denied} leftSection={<IconPlus size={14} />} onClick={() => setAsked("new")}>
          Add a connection
        </GuardedButton>
      }
      flush
    >
      {checked ? <CheckResult {...checked} /> : null}
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <DataTable
            caption="Connections"
            rows={items}
            columns={columns({
              mayChange: denied === null,
              busy: busy && keyOf(busy),
              onCheck: (connection) => check.mutate(connection),
              onChange: setAsked,
              onRemove: setLeaving,
            })}
            rowKey={keyOf}
            empty={
              <EmptyState
                title="No connection"
                detail="A step of pave/read-connection reads a database, S3 or HTTP through one, by its name; each environment may bind its own."
              />
            }
          />
        )}
      </QueryView>
      <ConnectionForm project={project} asked={asked} onClose={() => setAsked(undefined)} />
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Remove the connection ${leaving?.name ?? ""}?`}
        confirm="Remove the connection"
        danger
        onConfirm={async () => leaving && remove.mutateAsync(leaving)}
        onClose={() => setLeaving(undefined)}
      >
        Runs that read through it are refused from now on. What was read stays, and says where it came from.
      </ConfirmDialog>
    </Card>
  );
}

function CheckResult({ connection, result }: { connection: Connection; result: ConnectionCheck }) {
  const of = connection.environment ? ` of ${connection.environment}` : "";
  return (
    <div role="status" style={{ padding: "10px 14px", borderBottom: "1px solid var(--line)" }}>
      <Callout
        tone={result.ok ? "good" : "bad"}
        title={`${connection.name}${of} ${result.ok ? "works" : "does not work"}: ${result.message}`}
      >
        {result.fix}
      </Callout>
    </div>
  );
}

interface Doings {
  readonly mayChange: boolean;
  /** Which one is being checked. */
  readonly busy: string | undefined;
  readonly onCheck: (connection: Connection) => void;
  readonly onChange: (connection: Connection) => void;
  readonly onRemove: (connection: Connection) => void;
}

const columns = ({ mayChange, busy, onCheck, onChange, onRemove }: Doings): Column<Connection>[] => [
  { key: "name", title: "Connection", cell: ({ name }) => <b style={{ fontWeight: 550 }}>{name}</b> },
  {
    key: "environment",
    title: "Environment",
    cell: ({ environment }) => (environment ? <Pill>{environment}</Pill> : <span className={layout.soft}>any</span>),
  },
  {
    key: "place",
    title: "Leads to",
    cell: (connection) => (
      <>
        {connection.type} <code style={{ overflowWrap: "anywhere" }}>{connectionPlace(connection)}</code>
      </>
    ),
  },
  {
    key: "used",
    title: "Last used",
    tight: true,
    cell: ({ lastUsedAt }) => (lastUsedAt ? <TimeAgo at={lastUsedAt} /> : <span className={layout.soft}>never</span>),
  },
  ...(mayChange
    ? [
        {
          key: "change",
          title: <span className={layout.hidden}>Change</span>,
          actions: true,
          cell: (connection: Connection) => (
            <span style={{ display: "inline-flex", gap: 6, alignItems: "center" }}>
              <Button
                variant="default"
                size="compact-xs"
                loading={busy === keyOf(connection)}
                disabled={busy !== undefined && busy !== keyOf(connection)}
                aria-label={`Check ${connection.name}`}
                onClick={() => onCheck(connection)}
              >
                Check
              </Button>
              <Button
                variant="default"
                size="compact-xs"
                aria-label={`Change ${connection.name}`}
                onClick={() => onChange(connection)}
              >
                Change
              </Button>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Remove ${connection.name}`}
                onClick={() => onRemove(connection)}
              >
                <IconTrash size={14} />
              </ActionIcon>
            </span>
          ),
        },
      ]
    : []),
];
