import { Button, Group, Textarea } from "@mantine/core";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import classes from "./discussion.module.css";
import { completeMention, mentionAt } from "./mention-at.ts";
import { useMentionableQuery } from "./use-comments-query.ts";

interface CommentFieldProps {
  readonly project: string;
  readonly label: string;
  readonly send: string;
  readonly initial?: string;
  /** Kept where it fails, so that nothing that was typed is lost. */
  readonly onSend: (text: string) => Promise<unknown>;
  readonly onCancel?: () => void;
}

/** Where a comment is written: Markdown, names completed after @, sent with the button or Ctrl+Enter. */
export function CommentField({ project, label, send, initial = "", onSend, onCancel }: CommentFieldProps) {
  const [text, setText] = useState(initial);
  const [caret, setCaret] = useState<number>();
  const [isBusy, setBusy] = useState(false);
  const [chosen, setChosen] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const people = useMentionableQuery(project, caret !== undefined);
  const typed = caret === undefined ? undefined : mentionAt(text, caret);
  const names = typed
    ? (people.data?.items ?? [])
        .filter(({ name }) => name.startsWith(typed.prefix) && name !== typed.prefix)
        .slice(0, 6)
    : [];
  const isEmpty = text.trim() === "";

  const submit = async () => {
    if (isEmpty || isBusy) return;
    setBusy(true);
    try {
      await onSend(text);
      setText("");
      setCaret(undefined);
    } catch {
      // what was typed stays, and the error is told
    } finally {
      setBusy(false);
    }
  };
  const choose = (name: string) => {
    const done = completeMention(text, caret ?? text.length, name);
    setText(done.text);
    setCaret(undefined);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(done.caret, done.caret);
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void submit();
      return;
    }
    if (event.key === "Escape") {
      if (names.length > 0) setCaret(undefined);
      else onCancel?.();
      return;
    }
    const name = names[chosen]?.name;
    if (name === undefined) return;
    if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      choose(name);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setChosen((chosen + (event.key === "ArrowDown" ? 1 : names.length - 1)) % names.length);
    }
  };
  return (
    <div className={classes.field}>
      <Textarea
        ref={field}
        aria-label={label}
        placeholder="Markdown; @ mentions somebody"
        autosize
        minRows={2}
        maxRows={16}
        maxLength={10_000}
        value={text}
        {...(names.length > 0
          ? {
              "aria-controls": listId,
              "aria-activedescendant": `${listId}-${chosen}`,
              "aria-autocomplete": "list" as const,
            }
          : {})}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setCaret(event.currentTarget.selectionStart);
          setChosen(0);
        }}
        onBlur={() => setCaret(undefined)}
        onKeyDown={onKeyDown}
      />
      {names.length > 0 ? (
        <div id={listId} role="listbox" aria-label="Who can be mentioned" className={classes.names}>
          {names.map(({ id, name, kind }, index) => (
            <div
              key={id}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              className={classes.name}
              // before the field loses the focus
              onMouseDown={(event) => {
                event.preventDefault();
                choose(name);
              }}
            >
              @{name} {kind === "user" ? null : <span className={classes.soft}>{kind.replace("-", " ")}</span>}
            </div>
          ))}
        </div>
      ) : null}
      <Group justify="flex-end" gap="xs">
        <span className={classes.soft}>Ctrl+Enter sends</span>
        {onCancel ? (
          <Button variant="default" size="xs" onClick={onCancel}>
            Cancel
          </Button>
        ) : null}
        <Button size="xs" disabled={isEmpty} loading={isBusy} onClick={() => void submit()}>
          {send}
        </Button>
      </Group>
    </div>
  );
}
