import { Button, Menu } from "@mantine/core";
import { type Backup, topics } from "@pave/contract";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { bytes } from "../../lib/format.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";

const kinds: Record<Backup["kind"], string> = {
  manual: "by hand",
  scheduled: "by the schedule",
  found: "found in the folder",
};

/** Every backup that is there or was tried, newest first, and what can be done with it. */
export function BackupTable({ items, denied }: { items: readonly Backup[]; denied: string | null }) {
  const [leaving, setLeaving] = useState<Backup>();
  const check = useAction({
    act: ({ id, kind }: { id: string; kind: "verify" | "drill" }) =>
      api.checkBackup({ params: { backup: id }, body: { kind } }),
    topics: [topics.backups],
    done: "A worker begins with it",
  });
  const remove = useAction({
    act: ({ id }: Backup) => api.removeBackup({ params: { backup: id } }),
    topics: [topics.backups],
    done: "Removed",
  });
  return (
    <>
      <DataTable
        caption="Backups"
        rows={items}
        columns={columns(denied, (id, kind) => check.mutate({ id, kind }), setLeaving)}
        rowKey={({ id }) => id}
        empty={null}
      />
      <ConfirmDialog
        opened={leaving !== undefined}
        title="Remove this backup?"
        confirm="Remove the backup"
        danger
        onConfirm={async () => leaving && remove.mutateAsync(leaving)}
        onClose={() => setLeaving(undefined)}
      >
        What no other backup needs of it is deleted from the server's disk. This cannot be taken back.
      </ConfirmDialog>
    </>
  );
}

const columns = (
  denied: string | null,
  onCheck: (id: string, kind: "verify" | "drill") => void,
  onRemove: (backup: Backup) => void,
): Column<Backup>[] => [
  {
    key: "when",
    title: "Backup",
    cell: ({ id, createdAt, kind, requestedBy }) => (
      <span>
        <TimeAgo at={createdAt} />{" "}
        <span className={layout.soft}>{requestedBy ? `by ${requestedBy}` : kinds[kind]}</span>
        <br />
        <code title={id}>…{id.slice(-12)}</code>
      </span>
    ),
  },
  { key: "state", title: "State", cell: (backup) => <State backup={backup} /> },
  { key: "size", title: "Size", numeric: true, tight: true, cell: ({ summary }) => bytes(summary?.bytes) },
  { key: "new", title: "New", numeric: true, tight: true, cell: ({ summary }) => bytes(summary?.newBytes) },
  {
    key: "check",
    title: "Last check",
    cell: ({ lastCheck }) => (lastCheck ? <Check check={lastCheck} /> : <span className={layout.soft}>none</span>),
  },
  {
    key: "do",
    title: <span className={layout.hidden}>Actions</span>,
    actions: true,
    cell: (backup) =>
      denied !== null || backup.state === "running" || backup.state === "removing" ? null : (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              variant="default"
              size="compact-xs"
              rightSection={<IconChevronDown size={12} />}
              aria-label={`Actions on the backup …${backup.id.slice(-12)}`}
            >
              Actions
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {backup.state === "succeeded" ? (
              <>
                <Menu.Item onClick={() => onCheck(backup.id, "drill")}>Restore it on the side (drill)</Menu.Item>
                <Menu.Item onClick={() => onCheck(backup.id, "verify")}>Read every byte (verify)</Menu.Item>
                <Menu.Item component="a" href={`/api/v1/backups/${backup.id}/download`} download>
                  Download as tar
                </Menu.Item>
              </>
            ) : null}
            <Menu.Item color="red" onClick={() => onRemove(backup)}>
              Remove
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ),
  },
];

function State({ backup: { state, progress, error } }: { backup: Backup }) {
  return (
    <span>
      <StateBadge state={state === "requested" ? "waiting" : state} />
      {progress ? (
        <div className={layout.soft}>
          {progress.text} {progress.done} of {progress.total}
        </div>
      ) : null}
      {error ? <div className={layout.soft}>{error.message}</div> : null}
    </span>
  );
}

function Check({ check }: { check: NonNullable<Backup["lastCheck"]> }) {
  const state =
    check.state === "passed"
      ? "pass"
      : check.state === "failed"
        ? "fail"
        : check.state === "requested"
          ? "waiting"
          : check.state;
  return (
    <span title={check.findings.join("\n") || check.error?.message}>
      <StateBadge state={state} word={`${check.kind} ${check.state}`} />
      <div className={layout.soft}>
        {check.progress ? (
          `${check.progress.text} ${check.progress.done} of ${check.progress.total}`
        ) : (
          <TimeAgo at={check.createdAt} />
        )}
      </div>
    </span>
  );
}
