import { Button, Checkbox, Select, TextInput } from "@mantine/core";
import { nameSchema } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import { DisableDialog } from "./disable-dialog.tsx";
import classes from "./settings.module.css";
import { usePeopleQuery } from "./use-settings-queries.ts";

type Person = NonNullable<ReturnType<typeof usePeopleQuery>["data"]>["items"][number];

/** People first. */
const order = ["user", "agent", "service-account"];

/** Who may sign in or act here: added, given a link to sign in by, disabled. For platform admins. */
export function People({ me }: { me: string }) {
  const query = usePeopleQuery();
  const [leaving, setLeaving] = useState<Person>();
  const [link, setLink] = useState<{ name: string; url: string }>();
  const makeLink = useAction({
    act: async ({ id, name }: Person) => {
      const { url } = await api.createSignInLink({ body: { principal: id } });
      setLink({ name, url });
    },
    topics: [],
  });
  return (
    <Card title="People and accounts" flush>
      {link ? (
        <div className={classes.once} role="status">
          <b>A link for {link.name} to sign in by, once. Give it to nobody else.</b>
          <CopyLine text={link.url} label="Copy the link" />
        </div>
      ) : null}
      <QueryView query={query} rows={4}>
        {({ items }) => (
          <DataTable
            caption="People and accounts"
            rows={items
              .filter(({ kind, disabledAt }) => kind !== "team" && disabledAt === null)
              .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))}
            columns={columns(me, (person) => makeLink.mutate(person), setLeaving)}
            rowKey={({ id }) => id}
            empty={null}
          />
        )}
      </QueryView>
      <AddPerson />
      <DisableDialog
        leaving={leaving}
        others={(query.data?.items ?? []).filter(({ disabledAt }) => disabledAt === null)}
        onClose={() => setLeaving(undefined)}
      />
    </Card>
  );
}

const columns = (
  me: string,
  onLink: (person: Person) => void,
  onDisable: (person: Person) => void,
): Column<Person>[] => [
  {
    key: "name",
    title: "Name",
    cell: (person) => (
      <>
        <b style={{ fontWeight: 550 }}>{person.name}</b> {person.id === me ? <Pill>you</Pill> : null}
      </>
    ),
  },
  {
    key: "kind",
    title: "Kind",
    tight: true,
    cell: ({ kind, owner }) => `${kind.replace("-", " ")}${owner ? ` of ${owner}` : ""}`,
  },
  { key: "email", title: "E-mail", cell: ({ email }) => email ?? <span className={layout.soft}>–</span> },
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
    cell: (person) => (
      <span style={{ display: "inline-flex", gap: 6 }}>
        {person.kind === "user" ? (
          <Button
            variant="default"
            size="compact-xs"
            aria-label={`Sign-in link for ${person.name}`}
            onClick={() => onLink(person)}
          >
            Sign-in link
          </Button>
        ) : null}
        {person.id === me ? null : (
          <Button
            variant="default"
            size="compact-xs"
            aria-label={`Disable ${person.name}`}
            onClick={() => onDisable(person)}
          >
            Disable
          </Button>
        )}
      </span>
    ),
  },
];

const kinds = [
  { value: "user", label: "person" },
  { value: "service-account", label: "service account" },
  { value: "agent", label: "agent" },
] as const;

function AddPerson() {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<(typeof kinds)[number]["value"]>("user");
  const [platformAdmin, setAdmin] = useState(false);
  const add = useAction({
    act: () => api.createPrincipal({ body: { kind, name, platformAdmin } }),
    topics: ["principals"],
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
        placeholder="grace"
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
        onChange={(value) => setKind(kinds.find((one) => one.value === value)?.value ?? "user")}
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
