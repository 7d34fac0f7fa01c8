import { Button, Group, Stack, Tooltip } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import layout from "./layout.module.css";

interface DialogFormProps {
  /** What the button says and does. */
  readonly submit: string;
  /** What is still missing, as a sentence; the button can be read then, and does nothing. */
  readonly blocked?: string | null | undefined;
  /** What cannot be taken back. */
  readonly danger?: boolean;
  /** Stands left of the buttons: a link to the docs. */
  readonly aside?: ReactNode;
  /** Where it fails the dialog stays with what was typed, and says what went wrong. */
  readonly onSubmit: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * What every dialog with fields is: the fields, Cancel, and one button that sends them; Enter sends, Escape leaves.
 * The state of the fields belongs to a component inside of the `Dialog`, so that each opening begins anew.
 */
export function DialogForm({ submit, blocked, danger, aside, onSubmit, onClose, children }: DialogFormProps) {
  const [isBusy, setBusy] = useState(false);
  const why = useId();
  const isBlocked = Boolean(blocked);
  const send = async () => {
    if (isBlocked || isBusy) return;
    setBusy(true);
    try {
      await onSubmit();
      onClose();
    } catch {
      // the dialog tells it
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Stack gap="sm">
        {children}
        <Group justify="space-between" gap="xs" mt={4}>
          <span style={{ fontSize: "0.8125rem" }}>{aside}</span>
          <Group gap="xs" ml="auto">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Tooltip
              label={blocked}
              disabled={!isBlocked}
              multiline
              maw={280}
              events={{ hover: true, focus: true, touch: true }}
            >
              <Button
                type="submit"
                color={danger ? "red" : "road"}
                loading={isBusy}
                {...(isBlocked ? { "data-disabled": true, "aria-disabled": true, "aria-describedby": why } : {})}
              >
                {submit}
              </Button>
            </Tooltip>
            <span id={why} className={layout.hidden}>
              {blocked}
            </span>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
