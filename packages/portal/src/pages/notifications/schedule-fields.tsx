import { Checkbox, Group, Select, TextInput } from "@mantine/core";
import type { Schedule } from "@pave/contract";

const zones = Intl.supportedValuesOf("timeZone");
/** That of this browser, which is what people mean by eight o'clock. */
const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export const anyTime = (): Schedule => ({ timeZone: ownZone(), quiet: null, digest: "none", digestAt: "08:00" });

/** `quiet 20:00–07:00, daily at 08:00 (Europe/Berlin)`. */
export function scheduleWords({ quiet, digest, digestAt, timeZone }: Schedule): string {
  const parts = [
    ...(quiet ? [`quiet ${quiet.from}–${quiet.to}${quiet.urgentPasses ? "" : ", for urgent ones too"}`] : []),
    ...(digest === "none" ? [] : [digest === "daily" ? `collected daily at ${digestAt}` : "collected hourly"]),
  ];
  return parts.length === 0 ? "at once" : `${parts.join(", ")} (${timeZone})`;
}

/** When messages may come: quiet hours and digests, in one time zone. */
export function ScheduleFields({ value, onChange }: { value: Schedule; onChange: (schedule: Schedule) => void }) {
  const set = (change: Partial<Schedule>) => onChange({ ...value, ...change });
  const { quiet } = value;
  return (
    <>
      <Select
        size="xs"
        label="Collected"
        data={[
          { value: "none", label: "no, sent at once" },
          { value: "hourly", label: "every hour into one message" },
          { value: "daily", label: "every day into one message" },
        ]}
        allowDeselect={false}
        value={value.digest}
        onChange={(digest) => set({ digest: (digest ?? "none") as Schedule["digest"] })}
      />
      {value.digest === "daily" ? (
        <TextInput
          size="xs"
          type="time"
          label="At"
          value={value.digestAt}
          onChange={(event) => event.currentTarget.value && set({ digestAt: event.currentTarget.value })}
        />
      ) : null}
      <Checkbox
        size="xs"
        label="Quiet hours"
        checked={quiet !== null}
        onChange={(event) =>
          set({ quiet: event.currentTarget.checked ? { from: "20:00", to: "07:00", urgentPasses: true } : null })
        }
      />
      {quiet ? (
        <>
          <Group gap="xs" grow>
            <TextInput
              size="xs"
              type="time"
              label="From"
              value={quiet.from}
              onChange={(event) =>
                event.currentTarget.value && set({ quiet: { ...quiet, from: event.currentTarget.value } })
              }
            />
            <TextInput
              size="xs"
              type="time"
              label="To"
              value={quiet.to}
              onChange={(event) =>
                event.currentTarget.value && set({ quiet: { ...quiet, to: event.currentTarget.value } })
              }
            />
          </Group>
          <Checkbox
            size="xs"
            label="What is urgent comes through (pages, rollbacks)"
            checked={quiet.urgentPasses}
            onChange={(event) => set({ quiet: { ...quiet, urgentPasses: event.currentTarget.checked } })}
          />
        </>
      ) : null}
      {quiet || value.digest !== "none" ? (
        <Select
          size="xs"
          label="Time zone"
          searchable
          data={zones.includes(value.timeZone) ? zones : [value.timeZone, ...zones]}
          allowDeselect={false}
          limit={60}
          value={value.timeZone}
          onChange={(timeZone) => set({ timeZone: timeZone ?? "UTC" })}
        />
      ) : null}
    </>
  );
}
