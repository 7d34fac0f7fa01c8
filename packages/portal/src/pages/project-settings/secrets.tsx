import { ActionIcon, Button } from "@mantine/core";
import { type Secret, topics } from "@pave/contract";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import { SecretForm } from "./secret-form.tsx";
import { useSecretsQuery } from "./use-outside-queries.ts";

const keyOf = ({ name, environment }: Pick<Secret, "name" | "environment">) => `${name} ${environment ?? ""}`;

/** What steps are given and nobody is shown: set, set again, removed. */
export function Secrets({ project }: { project: string }) {
  const query = useSecretsQuery(project);
  const denied = useDenied(project, "secret.update");
  const [asked, setAsked] = useState<Pick<Secret, "name" | "environment"> | "new">();
  const [leaving, setLeaving] = useState<Secret>();
  const remove = useAction({
    act: ({ name, environment }: Secret) =>
      api.removeSecret({ params: { project, secret: name }, query: environment ? { environment } : {} }),
    topics: [topics.project(project)],
    done: "The secret is removed",
  });
  return (
    <Card
      title="Secrets"
      aside={
        <GuardedButton blocked={denied} leftSection={<IconPlus size={14} />} onClick={() => setAsked("new")}>
          Set a secret
        </GuardedButton>
      }
      flush
    >
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <DataTable
            caption="Secrets"
            rows={items}
            columns={columns(project, denied === null, setAsked, setLeaving)}
            rowKey={keyOf}
            empty={
              <EmptyState
                title="No secret"
                detail="A step that names one under env: in pave.yaml is given its value; logs, pages and the ledger never show it."
              />
            }
          />
        )}
      </QueryView>
      <SecretForm project={project} asked={asked} onClose={() => setAsked(undefined)} />
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Remove the secret ${leaving?.name ?? ""}?`}
        confirm="Remove the secret"
        danger
        onConfirm={async () => leaving && remove.mutateAsync(leaving)}
        onClose={() => setLeaving(undefined)}
      >
        Runs that name it are refused from now on. Its versions are erased; this cannot be taken back.
      </ConfirmDialog>
    </Card>
  );
}

const columns = (
  project: string,
  mayChange: boolean,
  onSet: (secret: Secret) => void,
  onRemove: (secret: Secret) => void,
): Column<Secret>[] => [
  { key: "name", title: "Secret", cell: ({ name }) => <code>{name}</code> },
  {
    key: "environment",
    title: "Environment",
    cell: ({ environment }) => (environment ? <Pill>{environment}</Pill> : <span className={layout.soft}>any</span>),
  },
  { key: "version", title: "Version", tight: true, numeric: true, cell: ({ version }) => version },
  {
    key: "set",
    title: "Set",
    tight: true,
    cell: ({ updatedAt, updatedBy }) => (
      <>
        <TimeAgo at={updatedAt} /> <span className={layout.soft}>by {updatedBy.name}</span>
      </>
    ),
  },
  {
    key: "used",
    title: "Last used",
    tight: true,
    cell: ({ lastUsedAt, lastUsedRun }) =>
      lastUsedAt ? (
        <>
          <TimeAgo at={lastUsedAt} />{" "}
          <Link to="/projects/$project/runs/$run" params={{ project, run: String(lastUsedRun) }} className="link">
            run {lastUsedRun}
          </Link>
        </>
      ) : (
        <span className={layout.soft}>never</span>
      ),
  },
  ...(mayChange
    ? [
        {
          key: "change",
          title: <span className={layout.hidden}>Change</span>,
          actions: true,
          cell: (secret: Secret) => (
            <span style={{ display: "inline-flex", gap: 6, alignItems: "center" }}>
              <Button
                variant="default"
                size="compact-xs"
                aria-label={`Set ${secret.name} again`}
                onClick={() => onSet(secret)}
              >
                Set again
              </Button>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Remove ${secret.name}`}
                onClick={() => onRemove(secret)}
              >
                <IconTrash size={14} />
              </ActionIcon>
            </span>
          ),
        },
      ]
    : []),
];
