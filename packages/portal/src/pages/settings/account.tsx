import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import { describeBrowser } from "./describe-browser.ts";
import { PasswordDialog } from "./password-dialog.tsx";
import classes from "./settings.module.css";
import { useAccountQuery } from "./use-settings-queries.ts";

type Account = NonNullable<ReturnType<typeof useAccountQuery>["data"]>;
type OpenSession = Account["sessions"][number];

/** How the person signs in, and every browser in which they are signed in now. */
export function Account() {
  const query = useAccountQuery();
  const [isChanging, setChanging] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const end = useAction({
    act: (session: string) => api.endSession({ params: { session } }),
    topics: ["account"],
    done: "That session is over",
  });
  return (
    <Card
      title="Sign-in and sessions"
      aside={
        <Button variant="default" onClick={() => setLeaving(true)}>
          Sign out everywhere
        </Button>
      }
      flush
    >
      <QueryView query={query} rows={3}>
        {(account) => (
          <>
            <div className={classes.way}>
              <span>{wayOf(account)}</span>
              {account.mayHavePassword ? (
                <Button variant="default" onClick={() => setChanging(true)}>
                  {account.hasPassword ? "Change password" : "Set a password"}
                </Button>
              ) : null}
            </div>
            <DataTable
              caption="Sessions"
              rows={account.sessions}
              columns={columns((session) => end.mutate(session.id))}
              rowKey={({ id }) => id}
              empty={<EmptyState title="No session" detail="You are here by a token." />}
            />
            <PasswordDialog opened={isChanging} hasOne={account.hasPassword} onClose={() => setChanging(false)} />
          </>
        )}
      </QueryView>
      <ConfirmDialog
        opened={isLeaving}
        title="Sign out everywhere?"
        confirm="Sign out everywhere"
        danger
        onConfirm={async () => {
          await api.endSessions({});
          window.location.assign("/sign-in");
        }}
        onClose={() => setLeaving(false)}
      >
        Every browser is signed out, this one too. Tokens go on; revoke them below if somebody else may have one.
      </ConfirmDialog>
    </Card>
  );
}

function wayOf({ provider, hasPassword, email }: Account): string {
  const address = email ? ` as ${email}` : "";
  if (provider) return `You sign in at ${provider}${address}.`;
  if (hasPassword) return `You sign in with a password${address}.`;
  return "You sign in by one-time links.";
}

const methods: Readonly<Record<string, string>> = {
  link: "a link",
  invitation: "an invitation",
  password: "a password",
  oidc: "the provider",
  device: "a terminal",
};

const columns = (onEnd: (session: OpenSession) => void): Column<OpenSession>[] => [
  {
    key: "browser",
    title: "Where",
    cell: ({ userAgent, isThis }) => (
      <span title={userAgent}>
        <b style={{ fontWeight: 550 }}>{describeBrowser(userAgent)}</b> {isThis ? <Pill tone="good">here</Pill> : null}
      </span>
    ),
  },
  { key: "address", title: "Address", tight: true, cell: ({ address }) => <code>{address || "–"}</code> },
  { key: "method", title: "By", tight: true, cell: ({ method }) => methods[method] ?? method },
  { key: "started", title: "Signed in", tight: true, cell: ({ startedAt }) => <TimeAgo at={startedAt} /> },
  {
    key: "used",
    title: "Last used",
    tight: true,
    cell: ({ lastUsedAt, startedAt }) => <TimeAgo at={lastUsedAt ?? startedAt} />,
  },
  {
    key: "end",
    title: <span className={layout.hidden}>End</span>,
    actions: true,
    cell: (session) =>
      session.isThis ? null : (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`End the session of ${describeBrowser(session.userAgent)}`}
          onClick={() => onEnd(session)}
        >
          End
        </Button>
      ),
  },
];
