import { Text, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Dialog } from "./dialog.tsx";
import { DialogForm } from "./dialog-form.tsx";
import { useLast } from "./use-last.ts";

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
  // what was asked stays while the dialog fades
  const asked = useLast(props.opened ? props : undefined) ?? props;
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={asked.title}>
      <Question {...asked} />
    </Dialog>
  );
}

function Question({ children, confirm, danger = false, comment: asks, onConfirm, onClose }: ConfirmDialogProps) {
  const [comment, setComment] = useState("");
  const isMissing = asks?.required === true && comment.trim() === "";
  return (
    <DialogForm
      submit={confirm}
      danger={danger}
      blocked={isMissing ? `${asks.label} has to be said.` : null}
      onSubmit={() => onConfirm(comment.trim())}
      onClose={onClose}
    >
      <Text size="sm" component="div">
        {children}
      </Text>
      {asks ? (
        <Textarea
          label={asks.label}
          placeholder={asks.placeholder}
          required={asks.required}
          autosize
          minRows={2}
          maxLength={2000}
          data-autofocus
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
      ) : null}
    </DialogForm>
  );
}
