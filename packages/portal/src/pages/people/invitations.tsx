import { Button } from "@mantine/core";
import { api } from "../../lib/api.ts";
import { exactTime } from "../../lib/format.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { useAction } from "../../ui/use-action.ts";
import classes from "../settings/settings.module.css";
import type { MadeLink } from "./people.tsx";
import { useInvitationsQuery } from "./use-people-queries.ts";

type Invitation = NonNullable<ReturnType<typeof useInvitationsQuery>["data"]>["items"][number];

/** Who is invited and has not come yet; nothing is shown while that is nobody. */
export function Invitations({ onLink }: { onLink: (link: MadeLink) => void }) {
  const { data } = useInvitationsQuery();
  const resend = useAction({
    act: async ({ id, email }: Invitation) => {
      const { url } = await api.resendInvitation({ params: { invitation: id } });
      onLink({ title: `A new link for ${email}; the old one is worth nothing now.`, url });
    },
    topics: ["invitations"],
  });
  const cancel = useAction({
    act: ({ id }: Invitation) => api.cancelInvitation({ params: { invitation: id } }),
    topics: ["invitations"],
    done: "The invitation is taken back",
  });
  if (!data || data.items.length === 0) return null;
  return (
    <div className={classes.below}>
      <h3 className={classes.heading}>Invited</h3>
      <DataTable
        caption="Invitations"
        rows={data.items}
        columns={columns(
          (invitation) => resend.mutate(invitation),
          (invitation) => cancel.mutate(invitation),
        )}
        rowKey={({ id }) => id}
        empty={null}
      />
    </div>
  );
}

const columns = (
  onResend: (invitation: Invitation) => void,
  onCancel: (invitation: Invitation) => void,
): Column<Invitation>[] => [
  { key: "email", title: "E-mail", cell: ({ email }) => <b style={{ fontWeight: 550 }}>{email}</b> },
  { key: "name", title: "As", tight: true, cell: ({ name }) => name },
  {
    key: "gives",
    title: "With",
    cell: ({ teams, roles, platformAdmin }) => {
      const gives = [
        ...(platformAdmin ? ["platform admin"] : []),
        ...teams,
        ...Object.entries(roles).map(([project, role]) => `${role} of ${project}`),
      ];
      return gives.length > 0 ? gives.join(", ") : <span className={layout.soft}>–</span>;
    },
  },
  { key: "by", title: "By", tight: true, cell: ({ invitedBy }) => invitedBy.name },
  {
    key: "until",
    title: "Good until",
    tight: true,
    cell: ({ isExpired, expiresAt }) =>
      isExpired ? <Pill tone="warn">expired</Pill> : <span title={exactTime(expiresAt)}>{dayOf(expiresAt)}</span>,
  },
  {
    key: "do",
    title: <span className={layout.hidden}>Actions</span>,
    actions: true,
    cell: (invitation) => (
      <span style={{ display: "inline-flex", gap: 6 }}>
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`New link for ${invitation.email}`}
          onClick={() => onResend(invitation)}
        >
          New link
        </Button>
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`Take back the invitation of ${invitation.email}`}
          onClick={() => onCancel(invitation)}
        >
          Take back
        </Button>
      </span>
    ),
  },
];

const dayOf = (time: string): string => new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
