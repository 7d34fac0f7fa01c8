import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Dialog } from "./dialog.tsx";

interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly title: string;
  readonly children: ReactNode;
  readonly confirm: string;
  readonly danger?: boolean;
  /** Asks for a sentence that goes with the action. */
  readonly comment?: { readonly label: string; readonly placeholder: string; readonly required: boolean };
  readonly onConfirm: (comment: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks once more before something that others will notice. Escape and Cancel leave everything as it is. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [comment, setComment] = useState("");
  const [isBusy, setBusy] = useState(false);
  const isMissing = props.comment?.required === true && comment.trim() === "";
  const submit = async () => {
    setBusy(true);
    try {
      await props.onConfirm(comment.trim());
      setComment("");
      props.onClose();
    } catch {
      // the dialog stays open with what was typed, and says what went wrong
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={<Text fw={600}>{props.title}</Text>} centered>
      <Stack gap="sm">
        <Text size="sm" component="div">
          {props.children}
        </Text>
        {props.comment ? (
          <Textarea
            label={props.comment.label}
            placeholder={props.comment.placeholder}
            required={props.comment.required}
            autosize
            minRows={2}
            maxLength={2000}
            data-autofocus
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            color={props.danger ? "red" : "road"}
            loading={isBusy}
            disabled={isMissing}
            onClick={() => void submit()}
          >
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
