import { Button, Checkbox, Group, Stack } from "@mantine/core";
import { type NotificationKind, type NotificationPreferences, notificationKinds } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import classes from "./notifications.module.css";
import { ScheduleFields } from "./schedule-fields.tsx";
import { usePreferencesQuery } from "./use-notification-queries.ts";

const kinds = Object.keys(notificationKinds) as NotificationKind[];

/** What comes into my inbox, what by mail besides, and when. */
export function MyPreferences() {
  const query = usePreferencesQuery();
  return (
    <Card title="What you are told">
      <QueryView query={query} rows={6}>
        {(preferences) => <Preferences key={JSON.stringify(preferences)} stored={preferences} />}
      </QueryView>
    </Card>
  );
}

function Preferences({ stored }: { stored: NotificationPreferences }) {
  const [chosen, setChosen] = useState({ mail: stored.mail, muted: stored.muted, schedule: stored.schedule });
  const save = useAction({
    act: () => api.setNotificationPreferences({ body: chosen }),
    topics: ["notification-preferences"],
    done: "Your preferences are saved",
  });
  const isSame =
    JSON.stringify(chosen) === JSON.stringify({ mail: stored.mail, muted: stored.muted, schedule: stored.schedule });
  const toggle = (list: "mail" | "muted", kind: NotificationKind, isIn: boolean) =>
    setChosen((before) => ({
      ...before,
      [list]: isIn
        ? kinds.filter((one) => one === kind || before[list].includes(one))
        : before[list].filter((one) => one !== kind),
    }));
  const mailReason = !stored.mailWorks
    ? "The platform sends no mail to people: an admin adds an e-mail target for that."
    : stored.email === null
      ? "You have no e-mail address here: a platform admin can give you one."
      : `Mail goes to ${stored.email}.`;
  return (
    <Stack gap="sm">
      <div className={layout.soft} style={{ fontSize: "0.8125rem" }}>
        {mailReason}
      </div>
      <table className={classes.kinds}>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Inbox</th>
            <th scope="col">Mail</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => {
            const { label, about } = notificationKinds[kind];
            const isMuted = chosen.muted.includes(kind);
            return (
              <tr key={kind}>
                <td>
                  {label}
                  <div className={classes.about}>{about}</div>
                </td>
                <td>
                  <Checkbox
                    size="xs"
                    aria-label={`${label}: into the inbox`}
                    checked={!isMuted}
                    onChange={(event) => toggle("muted", kind, !event.currentTarget.checked)}
                  />
                </td>
                <td>
                  <Checkbox
                    size="xs"
                    aria-label={`${label}: by mail`}
                    disabled={isMuted}
                    checked={!isMuted && chosen.mail.includes(kind)}
                    onChange={(event) => toggle("mail", kind, event.currentTarget.checked)}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <b style={{ fontSize: "0.8125rem" }}>When mail comes</b>
      <ScheduleFields value={chosen.schedule} onChange={(schedule) => setChosen({ ...chosen, schedule })} />
      <Group justify="flex-end" gap="xs">
        <Button
          variant="default"
          disabled={isSame}
          onClick={() => setChosen({ mail: stored.mail, muted: stored.muted, schedule: stored.schedule })}
        >
          Undo
        </Button>
        <Button disabled={isSame} loading={save.isPending} onClick={() => save.mutate(undefined)}>
          Save
        </Button>
      </Group>
    </Stack>
  );
}
