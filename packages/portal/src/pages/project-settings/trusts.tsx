import { Button } from "@mantine/core";
import type { Trust } from "@pave/contract";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import { TrustForm } from "./trust-form.tsx";
import { useTrustsQuery } from "./use-machines-queries.ts";

/** Which jobs of CI act here without a stored secret, as whom, and when the last one came. */
export function Trusts({ project }: { project: string }) {
  const query = useTrustsQuery(project);
  const denied = useDenied(project, "member.update");
  const [isAdding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Trust>();
  const remove = useAction({
    act: ({ id }: Trust) => api.removeTrust({ params: { project, trust: id } }),
    topics: ["trusts", "tokens"],
    done: "The trust is removed",
  });
  return (
    <Card
      title="Jobs of CI"
      aside={
        denied ? (
          "only an admin of the project changes them"
        ) : (
          <Button leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
            Trust a repository
          </Button>
        )
      }
      flush
    >
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <DataTable
            caption="Jobs of CI"
            rows={items}
            columns={columns(denied === null, setLeaving)}
            rowKey={({ id }) => id}
            empty={
              <EmptyState
                title="No job of CI gets in by itself"
                detail="Trust a branch of a repository, and its jobs need no stored secret: GitHub or GitLab vouches for them."
              />
            }
          />
        )}
      </QueryView>
      <TrustForm project={project} opened={isAdding} onClose={() => setAdding(false)} />
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Trust ${leaving?.repository ?? ""} no longer?`}
        confirm="Remove the trust"
        danger
        onConfirm={async () => leaving && remove.mutateAsync(leaving)}
        onClose={() => setLeaving(undefined)}
      >
        Its jobs are refused from now on, and those that run lose their token at once. What they did stays in the
        ledger.
      </ConfirmDialog>
    </Card>
  );
}

const columns = (mayChange: boolean, onRemove: (trust: Trust) => void): Column<Trust>[] => [
  {
    key: "repository",
    title: "Repository",
    cell: ({ repository, issuer }) => (
      <>
        <b style={{ fontWeight: 550 }}>{repository}</b>
        <div className={layout.soft}>{new URL(issuer).host}</div>
      </>
    ),
  },
  {
    key: "jobs",
    title: "Jobs",
    cell: (trust) => (
      <span style={{ display: "inline-flex", flexWrap: "wrap", gap: 3 }}>
        {conditions(trust).map((condition) => (
          <Pill key={condition}>{condition}</Pill>
        ))}
      </span>
    ),
  },
  {
    key: "as",
    title: "Act as",
    cell: ({ serviceAccount, role, scopes }) => (
      <>
        {serviceAccount.name}
        <div className={layout.soft}>{role ?? scopes.join(" ")}</div>
      </>
    ),
  },
  {
    key: "used",
    title: "Last job",
    tight: true,
    cell: ({ lastUsedAt }) =>
      lastUsedAt ? <TimeAgo at={lastUsedAt} /> : <span className={layout.soft}>none yet</span>,
  },
  ...(mayChange
    ? [
        {
          key: "do",
          title: <span className={layout.hidden}>Remove</span>,
          actions: true,
          cell: (trust: Trust) => (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Remove the trust in ${trust.repository}`}
              onClick={() => onRemove(trust)}
            >
              Remove
            </Button>
          ),
        },
      ]
    : []),
];

const conditions = ({ branch, tag, pullRequests, jobEnvironment, workflow, unprotected }: Trust): string[] => [
  ...(branch === null ? [] : [`branch ${branch}`]),
  ...(tag === null ? [] : [`tag ${tag}`]),
  ...(pullRequests ? ["pull requests"] : []),
  ...(jobEnvironment === null ? [] : [`environment ${jobEnvironment}`]),
  ...(workflow === null ? [] : [workflow]),
  ...(unprotected ? ["also unprotected"] : []),
];
