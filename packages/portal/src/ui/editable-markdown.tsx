import { Button, Group, Textarea } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { Card } from "./card.tsx";
import { GuardedButton } from "./guarded-button.tsx";
import layout from "./layout.module.css";
import { Markdown } from "./markdown.tsx";

/** A text in Markdown that people write about a thing. */
export function EditableMarkdown({
  title,
  source,
  empty,
  denied,
  maxLength,
  onSave,
}: {
  title: string;
  source: string;
  /** What could be written, where nothing is. */
  empty: string;
  denied: string | null;
  maxLength: number;
  /** Where it fails, what was typed stays. */
  onSave: (text: string) => Promise<unknown>;
}) {
  const [draft, setDraft] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    await onSave(draft ?? "").then(
      () => setDraft(undefined),
      () => undefined,
    );
    setBusy(false);
  };
  const edit = (
    <GuardedButton
      variant="subtle"
      color="gray"
      size="compact-xs"
      leftSection={<IconPencil size={13} />}
      blocked={denied}
      onClick={() => setDraft(source)}
    >
      Edit
    </GuardedButton>
  );
  return (
    <Card title={title} aside={draft === undefined ? edit : "Markdown"}>
      {draft !== undefined ? (
        <>
          <Textarea
            aria-label={title}
            autosize
            autoFocus
            minRows={4}
            maxRows={20}
            maxLength={maxLength}
            value={draft}
            onChange={(event) => setDraft(event.currentTarget.value)}
          />
          <Group gap="xs" mt="xs" justify="flex-end">
            <Button variant="default" onClick={() => setDraft(undefined)}>
              Cancel
            </Button>
            <Button loading={isBusy} onClick={() => void save()}>
              Save
            </Button>
          </Group>
        </>
      ) : source === "" ? (
        <span className={layout.soft}>{empty}</span>
      ) : (
        <Markdown source={source} />
      )}
    </Card>
  );
}
