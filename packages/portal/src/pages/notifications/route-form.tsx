import { MultiSelect, Select } from "@mantine/core";
import { type NotificationKind, notificationKinds, type Target, type Tier, tiers } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { useAction } from "../../ui/use-action.ts";
import { anyTime, ScheduleFields } from "./schedule-fields.tsx";
import { notificationTopics } from "./use-notification-queries.ts";

const kinds = Object.entries(notificationKinds)
  .filter(([, kind]) => !("personal" in kind))
  .map(([value, { label }]) => ({ value, label }));
const everyTeam = "every team";

/** Which kinds, of whose projects, go to a target, and when. */
export function RouteForm({ opened, ...props }: FieldsProps & { opened: boolean }) {
  return (
    <Dialog opened={opened} onClose={props.onClose} title="New route">
      <Fields {...props} />
    </Dialog>
  );
}

interface FieldsProps {
  readonly targets: readonly Target[];
  readonly teams: readonly string[];
  readonly isAdmin: boolean;
  readonly onClose: () => void;
}

function Fields({ targets, teams, isAdmin, onClose }: FieldsProps) {
  const [targetId, setTargetId] = useState<string | null>(null);
  const [team, setTeam] = useState<string>(everyTeam);
  const [chosenKinds, setKinds] = useState<string[]>([]);
  const [chosenTiers, setTiers] = useState<string[]>([]);
  const [schedule, setSchedule] = useState(anyTime);
  const target = targets.find(({ id }) => id === targetId) ?? targets[0];
  // a team's target carries that team's only
  const owners = target?.team ? [target.team] : [...(isAdmin ? [everyTeam] : []), ...teams];
  const owner = owners.includes(team) ? team : (owners[0] ?? everyTeam);
  const add = useAction({
    act: () =>
      api.addNotificationRoute({
        body: {
          target: target?.id ?? "",
          kinds: chosenKinds as NotificationKind[],
          tiers: chosenTiers as Tier[],
          schedule,
          ...(owner === everyTeam ? {} : { team: owner }),
        },
      }),
    topics: notificationTopics,
    done: "The route is added",
  });
  return (
    <DialogForm
      submit="Add route"
      blocked={target ? null : "A route leads to a target: add one first."}
      onSubmit={() => add.mutateAsync(undefined)}
      onClose={onClose}
    >
      <Select
        size="xs"
        label="To"
        data={targets.map(({ id, name, team }) => ({ value: id, label: team ? `${name} (${team})` : name }))}
        allowDeselect={false}
        value={target?.id ?? null}
        onChange={setTargetId}
      />
      <MultiSelect
        size="xs"
        label="What"
        placeholder={chosenKinds.length === 0 ? "everything" : ""}
        searchable
        clearable
        data={kinds}
        value={chosenKinds}
        onChange={setKinds}
      />
      <Select
        size="xs"
        label="Projects of"
        data={owners}
        allowDeselect={false}
        value={owner}
        onChange={(value) => setTeam(value ?? everyTeam)}
      />
      <MultiSelect
        size="xs"
        label="Of tier"
        placeholder={chosenTiers.length === 0 ? "all" : ""}
        clearable
        data={[...tiers]}
        value={chosenTiers}
        onChange={setTiers}
      />
      <ScheduleFields value={schedule} onChange={setSchedule} />
    </DialogForm>
  );
}
