import { Button, Checkbox, Select, TextInput } from "@mantine/core";
import { nameSchema } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import { DisableDialog } from "../settings/disable-dialog.tsx";
import classes from "../settings/settings.module.css";
import { usePeopleQuery } from "../settings/use-settings-queries.ts";

type Account = NonNullable<ReturnType<typeof usePeopleQuery>["data"]>["items"][number];

/** Accounts of programs: added and disabled here. A person without an e-mail address can be added here too. */
export function Accounts({ me }: { me: string }) {
  const query = usePeopleQuery();
  const [leaving, setLeaving] = useState<Account>();
  return (
    <Card title="Other accounts" flush>
      <QueryView query={query} rows={4}>
        {({ items }) => (
          <DataTable
            caption="Other accounts"
            rows={items.filter(({ kind, disabledAt }) => !["team", "user"].includes(kind) && disabledAt === null)}
            columns={columns(me, setLeaving)}
            rowKey={({ id }) => id}
            empty={null}
          />
        )}
      </QueryView>
      <AddAccount />
      <DisableDialog
        leaving={leaving}
        others={(query.data?.items ?? []).filter(({ disabledAt }) => disabledAt === null)}
        onClose={() => setLeaving(undefined)}
      />
    </Card>
  );
}

const columns = (me: string, onDisable: (account: Account) => void): Column<Account>[] => [
  { key: "name", title: "Name", cell: ({ name }) => <b style={{ fontWeight: 550 }}>{name}</b> },
  {
    key: "kind",
    title: "Kind",
    tight: true,
    cell: ({ kind, owner }) => `${kind.replace("-", " ")}${owner ? ` of ${owner}` : ""}`,
  },
  {
    key: "admin",
    title: "Rights",
    tight: true,
    cell: ({ platformAdmin }) => (platformAdmin ? <Pill tone="warn">platform admin</Pill> : "by project"),
  },
  { key: "since", title: "Added", tight: true, cell: ({ createdAt }) => <TimeAgo at={createdAt} /> },
  {
    key: "do",
    title: <span className={layout.hidden}>Actions</span>,
    actions: true,
    cell: (account) =>
      account.id === me ? null : (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`Disable ${account.name}`}
          onClick={() => onDisable(account)}
        >
          Disable
        </Button>
      ),
  },
];

const kinds = [
  { value: "service-account", label: "service account" },
  { value: "agent", label: "agent" },
  { value: "user", label: "person" },
] as const;

function AddAccount() {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<(typeof kinds)[number]["value"]>("service-account");
  const [platformAdmin, setAdmin] = useState(false);
  const add = useAction({
    act: () => api.createPrincipal({ body: { kind, name, platformAdmin } }),
    topics: ["principals", "people"],
    done: `Added ${name}`,
  });
  const isWrong = name !== "" && !nameSchema.safeParse(name).success;
  return (
    <form
      className={classes.add}
      aria-label="Add somebody"
      onSubmit={(event) => {
        event.preventDefault();
        void add.mutateAsync(undefined).then(
          () => {
            setName("");
            setAdmin(false);
          },
          () => undefined,
        );
      }}
    >
      <TextInput
        size="xs"
        label="Name"
        placeholder="nightly-report"
        value={name}
        error={isWrong ? "Lower-case letters, digits, dashes" : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        size="xs"
        w={150}
        label="Kind"
        data={[...kinds]}
        allowDeselect={false}
        value={kind}
        onChange={(value) => setKind(kinds.find((one) => one.value === value)?.value ?? "service-account")}
      />
      <Checkbox
        size="xs"
        mb={7}
        label="platform admin"
        checked={platformAdmin}
        onChange={(event) => setAdmin(event.currentTarget.checked)}
      />
      <Button type="submit" variant="default" loading={add.isPending} disabled={name === "" || isWrong}>
        Add
      </Button>
    </form>
  );
}
