import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import classes from "./page.module.css";

/** The title of a page that is a name which people may change: Enter keeps it, Escape leaves it. */
export function EditableTitle({
  title,
  denied,
  onRename,
}: {
  title: string;
  /** Why it cannot be changed. */
  denied: string | null;
  onRename: (name: string) => void;
}) {
  const [draft, setDraft] = useState<string>();
  if (draft === undefined)
    return (
      <>
        <h1 className={classes.title}>{title}</h1>
        <Tooltip label={denied ?? "Rename"} multiline maw={300}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label="Rename"
            {...(denied === null ? {} : { "aria-disabled": true, "data-disabled": true })}
            onClick={() => denied === null && setDraft(title)}
          >
            <IconPencil size={14} />
          </ActionIcon>
        </Tooltip>
      </>
    );
  const keep = () => {
    const name = draft.trim();
    setDraft(undefined);
    if (name !== "" && name !== title) onRename(name);
  };
  return (
    <h1 className={classes.title}>
      <TextInput
        aria-label="Name"
        size="xs"
        w={Math.min(520, 120 + draft.length * 8)}
        maxLength={250}
        autoFocus
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === "Enter") keep();
          if (event.key === "Escape") setDraft(undefined);
        }}
      />
    </h1>
  );
}
