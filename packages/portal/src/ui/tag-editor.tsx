import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { Card } from "./card.tsx";
import { GuardedButton } from "./guarded-button.tsx";
import classes from "./tag-editor.module.css";

/** Tags as pills, with a field for another one. Those that `isOwn` says are the platform's are shown on demand only. */
export function TagEditor({
  tags,
  isOwn,
  denied,
  onChange,
}: {
  tags: Readonly<Record<string, string>>;
  isOwn: (key: string) => boolean;
  denied: string | null;
  /** Null takes the tag away. */
  onChange: (key: string, value: string | null) => Promise<unknown>;
}) {
  const [isAdding, setAdding] = useState(false);
  const [showsOwn, setShowsOwn] = useState(false);
  const entries = Object.entries(tags);
  const own = entries.filter(([key]) => isOwn(key));
  const shown = entries.filter(([key]) => showsOwn || !isOwn(key));
  const add = (
    <GuardedButton
      variant="subtle"
      color="gray"
      size="compact-xs"
      leftSection={<IconPlus size={13} />}
      blocked={denied}
      onClick={() => setAdding(true)}
    >
      Add
    </GuardedButton>
  );
  return (
    <Card title="Tags" aside={isAdding ? undefined : add}>
      {isAdding ? <NewTag onAdd={(key, value) => onChange(key, value)} onClose={() => setAdding(false)} /> : null}
      {shown.length === 0 && !isAdding ? <span className={classes.none}>No tags</span> : null}
      <ul className={classes.tags}>
        {shown.map(([key, value]) => (
          <li key={key} className={classes.tag} title={`${key}: ${value}`}>
            <span className={classes.key}>{key}</span>
            <span className={classes.value}>{value}</span>
            {denied === null && !isOwn(key) ? (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={16}
                aria-label={`Remove tag ${key}`}
                onClick={() => void onChange(key, null).catch(() => undefined)}
              >
                <IconX size={11} />
              </ActionIcon>
            ) : null}
          </li>
        ))}
      </ul>
      {own.length > 0 ? (
        <Button variant="subtle" color="gray" size="compact-xs" mt={6} onClick={() => setShowsOwn(!showsOwn)}>
          {showsOwn ? "Hide" : "Show"} {own.length} of MLflow and the platform
        </Button>
      ) : null}
    </Card>
  );
}

function NewTag({ onAdd, onClose }: { onAdd: (key: string, value: string) => Promise<unknown>; onClose: () => void }) {
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (key.trim() !== "") void onAdd(key.trim(), value).then(onClose, () => undefined);
      }}
    >
      <TextInput
        aria-label="Key of the tag"
        placeholder="key"
        size="xs"
        maxLength={250}
        autoFocus
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
      <TextInput
        aria-label="Value of the tag"
        placeholder="value"
        size="xs"
        maxLength={8000}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <Group gap={6}>
        <Button type="submit">Add tag</Button>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </Group>
    </form>
  );
}
