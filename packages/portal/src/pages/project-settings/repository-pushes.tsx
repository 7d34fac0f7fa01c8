import type { RepositoryPush } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useRepositoryPushesQuery } from "./use-repository-query.ts";

/** The last pushes: what each said, and what came of it. */
export function RepositoryPushes({ project }: { project: string }) {
  const query = useRepositoryPushesQuery(project, true);
  return (
    <QueryView query={query} rows={3}>
      {({ items }) => (
        <DataTable
          caption="Pushes"
          rows={items}
          columns={columns(project)}
          rowKey={({ id }) => id}
          empty={
            <EmptyState
              title="No push has come yet"
              detail="Push something. If nothing appears here, look at the webhook's deliveries at the host."
            />
          }
        />
      )}
    </QueryView>
  );
}

const columns = (project: string): Column<RepositoryPush>[] => [
  {
    key: "commit",
    title: "Commit",
    cell: ({ commit, message, author, branch }) => (
      <>
        <code>{commit.slice(0, 12)}</code> {message || <span className={layout.soft}>no message</span>}
        <div className={layout.soft}>
          {branch}
          {author ? ` · ${author}` : ""}
        </div>
      </>
    ),
  },
  { key: "state", title: "State", tight: true, cell: ({ state }) => <StateBadge state={state} /> },
  {
    key: "detail",
    title: "What came of it",
    cell: (push) => (
      <>
        <PushLink project={project} push={push}>
          {push.detail || "waits to be fetched"}
        </PushLink>
        {push.status?.error ? <div className={layout.soft}>The host was not told: {push.status.error}</div> : null}
      </>
    ),
  },
  { key: "when", title: "When", tight: true, cell: ({ receivedAt }) => <TimeAgo at={receivedAt} /> },
];

/** To the plan, else the run. */
function PushLink({ project, push, children }: { project: string; push: RepositoryPush; children: ReactNode }) {
  if (push.plan !== null)
    return (
      <Link to="/projects/$project/plans/$plan" params={{ project, plan: String(push.plan) }}>
        {children}
      </Link>
    );
  if (push.run !== null)
    return (
      <Link to="/projects/$project/runs/$run" params={{ project, run: String(push.run) }}>
        {children}
      </Link>
    );
  return <>{children}</>;
}
