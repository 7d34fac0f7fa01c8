import { Select, SimpleGrid, TextInput } from "@mantine/core";
import { Card } from "../../ui/card.tsx";
import { NameInput, OwnerSelect } from "./name-and-owner.tsx";
import classes from "./new-project.module.css";
import { type TableProfile, targetChoices } from "./table-profile.ts";

export interface Settings {
  readonly name: string;
  readonly target: string | null;
  readonly splitBy: string | null;
  readonly owner: string | null;
  readonly tier: string;
  readonly description: string;
}

/** What the data cannot say: a name, what to predict, who owns it. */
export function SettingsForm(props: {
  readonly profile: TableProfile;
  readonly settings: Settings;
  readonly onChange: (settings: Settings) => void;
}) {
  const { profile, settings, onChange } = props;
  const set = (change: Partial<Settings>) => onChange({ ...settings, ...change });
  const times = profile.columns.filter(({ type }) => type === "timestamp").map(({ name }) => name);
  const classesOf = profile.target?.name === settings.target ? (profile.target?.classes ?? []) : [];
  return (
    <Card title="What shall it predict?">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        <div>
          <Select
            size="xs"
            label="Column to predict"
            placeholder="choose"
            required
            searchable
            data={targetChoices(profile)}
            value={settings.target}
            onChange={(target) => set({ target })}
          />
          {classesOf.length > 0 ? (
            <>
              <div className={classes.classes} aria-hidden>
                {classesOf.map(({ value, share }, index) => (
                  <span key={value} style={{ width: `${share * 100}%`, background: `var(--series-${index + 1})` }} />
                ))}
              </div>
              <div className={classes.soft}>
                {classesOf.map(({ value, share }) => `${value} ${(share * 100).toFixed(1)} %`).join(", ")}
              </div>
            </>
          ) : null}
        </div>
        <NameInput value={settings.name} onChange={(name) => set({ name })} />
        <OwnerSelect value={settings.owner} onChange={(owner) => set({ owner })} />
        <Select
          size="xs"
          label="Test on the latest rows by"
          placeholder="a random share"
          data={times}
          disabled={times.length === 0}
          clearable
          value={settings.splitBy}
          onChange={(splitBy) => set({ splitBy })}
        />
        <Select
          size="xs"
          label="How much depends on it"
          data={["experimental", "internal", "critical"]}
          allowDeselect={false}
          value={settings.tier}
          onChange={(tier) => set({ tier: tier ?? "experimental" })}
        />
        <TextInput
          size="xs"
          label="What is predicted, and for whom?"
          value={settings.description}
          maxLength={300}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
      </SimpleGrid>
    </Card>
  );
}
