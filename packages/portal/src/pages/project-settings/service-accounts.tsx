import { Button, Select, TextInput } from "@mantine/core";
import { machineRoles, nameSchema, type ServiceAccount } from "@pave/contract";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import classes from "../settings/settings.module.css";
import { useServiceAccountsQuery } from "./use-machines-queries.ts";

const topics = ["service-accounts", "tokens", "session"];

/** The accounts that programs act as here: made, given a token, disabled. */
export function ServiceAccounts({ project }: { project: string }) {
  const query = useServiceAccountsQuery(project);
  const denied = useDenied(project, "member.update");
  const [leaving, setLeaving] = useState<ServiceAccount>();
  const [made, setMade] = useState<{ name: string; token: string }>();
  const makeToken = useAction({
    act: async ({ name }: ServiceAccount) => {
      const { token } = await api.createToken({ body: { name: `${name} token`, principal: name, project } });
      setMade({ name, token });
    },
    topics,
  });
  const disable = useAction({
    act: ({ id }: ServiceAccount) => api.disableServiceAccount({ params: { project, account: id } }),
    topics,
    done: "Disabled, and all its tokens revoked",
  });
  return (
    <Card title="Service accounts" flush>
      {made ? (
        <div className={classes.once} role="status">
          <b>A token of {made.name} for 90 days, shown this once: copy it now.</b>
          <CopyLine text={made.token} label="Copy the token" />
        </div>
      ) : null}
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <DataTable
            caption="Service accounts"
            rows={items.filter(({ disabledAt }) => disabledAt === null)}
            columns={columns(project, denied === null, (account) => makeToken.mutate(account), setLeaving)}
            rowKey={({ id }) => id}
            empty={
              <EmptyState
                title="No service account"
                detail="A program that belongs to nobody in particular acts as one."
              />
            }
          />
        )}
      </QueryView>
      {denied === null ? <AddAccount project={project} /> : null}
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Disable ${leaving?.name ?? ""}?`}
        confirm="Disable"
        danger
        onConfirm={async () => leaving && disable.mutateAsync(leaving)}
        onClose={() => setLeaving(undefined)}
      >
        Its tokens are revoked, and jobs of CI that act as it are refused. This cannot be taken back.
      </ConfirmDialog>
    </Card>
  );
}

const columns = (
  project: string,
  mayChange: boolean,
  onToken: (account: ServiceAccount) => void,
  onDisable: (account: ServiceAccount) => void,
): Column<ServiceAccount>[] => [
  {
    key: "name",
    title: "Name",
    cell: ({ name, project: own }) => (
      <>
        <b style={{ fontWeight: 550 }}>{name}</b> {own === project ? null : <Pill>{own ?? "the platform's"}</Pill>}
      </>
    ),
  },
  {
    key: "role",
    title: "Role here",
    tight: true,
    cell: ({ roles }) =>
      roles.find((one) => one.project === project)?.role ?? <span className={layout.soft}>none</span>,
  },
  { key: "tokens", title: "Tokens", numeric: true, cell: ({ tokens }) => tokens },
  {
    key: "used",
    title: "Last used",
    tight: true,
    cell: ({ lastUsedAt }) => (lastUsedAt ? <TimeAgo at={lastUsedAt} /> : <span className={layout.soft}>never</span>),
  },
  ...(mayChange
    ? [
        {
          key: "do",
          title: <span className={layout.hidden}>Actions</span>,
          actions: true,
          cell: (account: ServiceAccount) =>
            account.project === project ? (
              <span style={{ display: "inline-flex", gap: 6 }}>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`New token of ${account.name}`}
                  onClick={() => onToken(account)}
                >
                  New token
                </Button>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Disable ${account.name}`}
                  onClick={() => onDisable(account)}
                >
                  Disable
                </Button>
              </span>
            ) : null,
        },
      ]
    : []),
];

function AddAccount({ project }: { project: string }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<(typeof machineRoles)[number]>("developer");
  const add = useAction({
    act: () => api.createServiceAccount({ params: { project }, body: { name, role } }),
    topics,
    done: `Made ${name}`,
  });
  const isWrong = name !== "" && !nameSchema.safeParse(name).success;
  return (
    <form
      className={classes.add}
      aria-label="Make a service account"
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
        label="New service account"
        placeholder={`${project}-batch`}
        value={name}
        error={isWrong ? "Lower-case letters, digits, dashes" : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        size="xs"
        w={130}
        label="Role"
        data={[...machineRoles]}
        allowDeselect={false}
        value={role}
        onChange={(value) => setRole(machineRoles.find((one) => one === value) ?? "developer")}
      />
      <Button type="submit" variant="default" loading={add.isPending} disabled={name === "" || isWrong}>
        Make
      </Button>
    </form>
  );
}
