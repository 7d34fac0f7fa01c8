import { Button, Switch } from "@mantine/core";
import { expiresSoon, presetOf } from "@pave/contract";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { exactTime } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import classes from "./settings.module.css";
import { TokenForm } from "./token-form.tsx";
import { useTokensQuery } from "./use-settings-queries.ts";

type Token = NonNullable<ReturnType<typeof useTokensQuery>["data"]>["items"][number];
const isGone = ({ revokedAt, expiresAt }: Token) => revokedAt !== null || Date.parse(expiresAt) < Date.now();

/** What acts in my name: made, shown once, revoked. An admin sees those of everybody. */
export function Tokens({ seesAll }: { seesAll: boolean }) {
  const query = useTokensQuery();
  const [isAsking, setAsking] = useState(false);
  const [made, setMade] = useState<{ name: string; token: string }>();
  const [leaving, setLeaving] = useState<Token>();
  const [rotating, setRotating] = useState<Token>();
  const [showsGone, setShowsGone] = useState(false);
  const revoke = useAction({
    act: (token: Token) => api.revokeToken({ params: { token: token.id } }),
    topics: ["tokens"],
    done: "The token is revoked",
  });
  const rotate = useAction({
    act: async (token: Token) => {
      const { token: text } = await api.rotateToken({ params: { token: token.id }, body: {} });
      setMade({ name: token.name, token: text });
    },
    topics: ["tokens"],
  });
  return (
    <Card
      title="Tokens"
      aside={
        <span style={{ display: "inline-flex", gap: 14, alignItems: "center" }}>
          <Switch
            size="xs"
            labelPosition="left"
            label="with those that are over"
            checked={showsGone}
            onChange={(event) => setShowsGone(event.currentTarget.checked)}
          />
          <Button leftSection={<IconPlus size={14} />} onClick={() => setAsking(true)}>
            New token
          </Button>
        </span>
      }
      flush
    >
      {made ? (
        <div className={classes.once} role="status">
          <b>Token {made.name}, shown this once: copy it now.</b>
          <CopyLine text={made.token} label="Copy the token" />
        </div>
      ) : null}
      <QueryView query={query} rows={3}>
        {({ items }) => (
          <DataTable
            caption="Tokens"
            rows={items.filter((token) => showsGone || !isGone(token))}
            columns={columns(seesAll, { onRevoke: setLeaving, onRotate: setRotating })}
            rowKey={({ id }) => id}
            empty={
              <EmptyState
                title="No token"
                detail="A token lets a program act in your name: CI, a notebook, a caller of an endpoint."
              />
            }
          />
        )}
      </QueryView>
      <TokenForm opened={isAsking} onClose={() => setAsking(false)} onMade={setMade} />
      <ConfirmDialog
        opened={rotating !== undefined}
        title={`Rotate the token ${rotating?.name ?? ""}?`}
        confirm="Make the new one"
        onConfirm={async () => rotating && rotate.mutateAsync(rotating)}
        onClose={() => setRotating(undefined)}
      >
        A new token with the same bounds is made and shown once. The old one stays good for 24 hours, so that what uses
        it can be changed meanwhile, and then ends by itself.
      </ConfirmDialog>
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Revoke the token ${leaving?.name ?? ""}?`}
        confirm="Revoke the token"
        danger
        onConfirm={async () => leaving && revoke.mutateAsync(leaving)}
        onClose={() => setLeaving(undefined)}
      >
        Whatever uses it is refused from the next request on. This cannot be taken back.
      </ConfirmDialog>
    </Card>
  );
}

interface Actions {
  onRevoke(token: Token): void;
  onRotate(token: Token): void;
}

const columns = (seesAll: boolean, { onRevoke, onRotate }: Actions): Column<Token>[] => [
  {
    key: "name",
    title: "Token",
    cell: (token) => (
      <span className={isGone(token) ? classes.gone : undefined}>
        <b style={{ fontWeight: 550 }}>{token.name}</b> <code>{token.hint}</code>{" "}
        {token.origin === "terminal" ? <Pill>terminal</Pill> : null}
      </span>
    ),
  },
  ...(seesAll
    ? [{ key: "who", title: "Acts as", tight: true, cell: ({ principal }: Token) => principal.name } as const]
    : []),
  {
    key: "limits",
    title: "Limited to",
    cell: ({ project, scopes }) => (
      <span className={classes.scopes}>
        {project ? <Pill tone="busy">{project}</Pill> : null}
        {(scopes === null ? [] : scopeNames(scopes)).map((scope) => (
          <Pill key={scope}>{scope}</Pill>
        ))}
        {project === null && scopes === null ? <span className={layout.soft}>not limited</span> : null}
      </span>
    ),
  },
  {
    key: "used",
    title: "Last used",
    tight: true,
    cell: ({ lastUsedAt, lastUsedFrom }) =>
      lastUsedAt ? (
        <>
          <TimeAgo at={lastUsedAt} />
          {lastUsedFrom ? <div className={layout.soft}>from {lastUsedFrom}</div> : null}
        </>
      ) : (
        <span className={layout.soft}>never</span>
      ),
  },
  {
    key: "until",
    title: "Good until",
    tight: true,
    cell: (token) =>
      token.revokedAt ? (
        <span className={layout.soft}>
          revoked <TimeAgo at={token.revokedAt} />
        </span>
      ) : (
        <span title={exactTime(token.expiresAt)}>
          {Date.parse(token.expiresAt) < Date.now()
            ? "expired"
            : new Date(token.expiresAt).toLocaleDateString("en-GB", {
                day: "numeric",
                month: "short",
                year: "numeric",
              })}
          {isGone(token) ? null : <Ending token={token} />}
        </span>
      ),
  },
  {
    key: "do",
    title: <span className={layout.hidden}>Actions</span>,
    actions: true,
    cell: (token) =>
      isGone(token) ? null : (
        <span style={{ display: "inline-flex", gap: 6 }}>
          {token.origin === "made" && token.replacedBy === null ? (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Rotate ${token.name}`}
              onClick={() => onRotate(token)}
            >
              Rotate
            </Button>
          ) : null}
          <Button
            variant="default"
            size="compact-xs"
            aria-label={`Revoke ${token.name}`}
            onClick={() => onRevoke(token)}
          >
            Revoke
          </Button>
        </span>
      ),
  },
];

/** A preset by its name, else each permission. */
function scopeNames(scopes: readonly string[]): readonly string[] {
  const preset = presetOf(scopes);
  return preset === undefined ? scopes : [preset];
}

/** What happens to it before long. */
function Ending({ token }: { token: Token }) {
  const word = token.replacedBy !== null ? "replaced" : expiresSoon(token, Date.now()) ? "soon" : undefined;
  if (word === undefined) return null;
  return (
    <div>
      <Pill tone="warn">{word}</Pill>
    </div>
  );
}
