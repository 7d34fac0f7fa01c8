import { CloseButton, TextInput } from "@mantine/core";
import type { ErrorBody } from "@pave/contract";
import { parseFilter, runLanguage, SearchMistake } from "@pave/contract/search";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { DocsLink } from "../../../ui/docs-link.tsx";
import { isGrammar } from "../run-search.ts";
import { useRunKeysQuery, useRunValuesQuery } from "../use-runs-queries.ts";
import { applyCompletion, type Completion, completeFilter } from "./complete-filter.ts";
import classes from "./filter-input.module.css";

const none = { metrics: [], params: [], tags: [] };

/** Conditions or a part of a name, with what could come next below it and a mistake marked where it is. */
export function FilterInput(props: {
  readonly project: string;
  readonly applied: string;
  /** What the server says is wrong with what was applied. */
  readonly refused: Pick<ErrorBody, "message" | "docs"> | null;
  readonly inputRef: React.RefObject<HTMLInputElement | null>;
  readonly onApply: (filter: string) => void;
}) {
  const { project, applied, refused, inputRef, onApply } = props;
  const list = useId();
  const mirror = useRef<HTMLDivElement>(null);
  const [text, setText] = useState(applied);
  const [cursor, setCursor] = useState<number | null>(null);
  const [highlighted, setHighlighted] = useState(0);
  const [isClosed, setClosed] = useState(false);
  useEffect(() => setText(applied), [applied]);

  const keys = useRunKeysQuery(project);
  const wants = cursor === null ? null : completeFilter(text, cursor, { ...none, values: [], now: 0 }).wants;
  const values = useRunValuesQuery(project, wants);
  const completion: Completion | null =
    cursor === null || isClosed
      ? null
      : completeFilter(text, cursor, { ...(keys.data ?? none), values: values.data?.items ?? [], now: Date.now() });
  const items = completion?.items ?? [];
  // where nothing was begun, Tab goes on to the next field
  const isWordBegun = completion !== null && completion.from < (cursor ?? 0);
  const marked = markedProblem(text, applied, completion);

  const write = (next: string, at: number) => {
    setText(next);
    setCursor(at);
    setHighlighted(0);
    setClosed(false);
  };
  const take = (index: number) => {
    const item = items[index];
    if (!completion || !item) return;
    const done = applyCompletion(text, completion, item.text);
    // at once: what is typed next must not come before the cursor has moved
    flushSync(() => write(done.text, done.cursor));
    inputRef.current?.setSelectionRange(done.cursor, done.cursor);
  };
  const apply = () => {
    setClosed(true);
    onApply(text.trim());
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined && items.length > 0) {
      event.preventDefault();
      setHighlighted((before) => (before + move + items.length + 1) % (items.length + 1));
    } else if (event.key === "Tab" && !event.shiftKey && items.length > 0 && (highlighted > 0 || isWordBegun)) {
      event.preventDefault();
      take(Math.max(0, highlighted - 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (highlighted > 0) take(highlighted - 1);
      else apply();
    } else if (event.key === "Escape") {
      if (items.length > 0) setClosed(true);
      else inputRef.current?.blur();
    }
  };
  const atCursor = (event: { currentTarget: HTMLInputElement }) => {
    setCursor(event.currentTarget.selectionStart);
    if (mirror.current) mirror.current.scrollLeft = event.currentTarget.scrollLeft;
  };
  return (
    <div className={classes.host}>
      <TextInput
        ref={inputRef}
        size="xs"
        classNames={{ input: classes.input ?? "" }}
        aria-label="Name or conditions"
        role="combobox"
        aria-expanded={items.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={highlighted > 0 ? `${list}-${highlighted - 1}` : undefined}
        placeholder="A name, or metrics.roc_auc > 0.7 AND params.depth = '6'"
        leftSection={<IconSearch size={14} />}
        rightSection={
          text === "" ? null : (
            <CloseButton
              size="xs"
              aria-label="Clear the filter"
              onClick={() => {
                setText("");
                onApply("");
              }}
            />
          )
        }
        error={marked !== null || refused !== null}
        value={text}
        onChange={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)}
        onSelect={atCursor}
        onScroll={atCursor}
        onFocus={(event) => {
          atCursor(event);
          setClosed(false);
        }}
        onBlur={() => {
          setCursor(null);
          setHighlighted(0);
          if (text.trim() !== applied) onApply(text.trim());
        }}
        onKeyDown={onKeyDown}
        spellCheck={false}
        autoComplete="off"
      />
      {marked ? (
        <div ref={mirror} className={classes.mirror} aria-hidden>
          {text.slice(0, marked.position)}
          <mark data-testid="filter-mistake">{text.slice(marked.position, marked.end) || " "}</mark>
          {text.slice(marked.end)}
        </div>
      ) : null}
      {marked || refused ? (
        <div className={classes.problem} role="alert">
          {marked ? `At character ${marked.position + 1}: ${marked.detail}. ` : `${refused?.message} `}
          {refused ? <DocsLink to={refused.docs}>What this means</DocsLink> : null}
        </div>
      ) : null}
      {items.length > 0 ? (
        <div id={list} role="listbox" aria-label="What could come next" className={classes.list}>
          {items.map(({ text: item, note }, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
            <div
              key={item}
              id={`${list}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === highlighted - 1}
              className={classes.option}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(index)}
            >
              <span>{item}</span>
              <span className={classes.note}>{note}</span>
            </div>
          ))}
          <div className={classes.help}>Tab completes, ↑ ↓ choose, Enter searches, Esc closes</div>
        </div>
      ) : null}
    </div>
  );
}

/** A mistake is shown once it is one: not where somebody still writes, until they search for it. */
function markedProblem(text: string, applied: string, completion: Completion | null): SearchMistake | null {
  if (!isGrammar(text)) return null;
  const mistake = mistakeIn(text);
  if (mistake === null || text.trim() === applied) return mistake;
  const { position, end } = mistake;
  const isBeingWritten = end >= (completion?.from ?? 0) && position <= (completion?.to ?? text.length);
  return completion !== null && !isBeingWritten && position < text.trimEnd().length ? mistake : null;
}

function mistakeIn(text: string): SearchMistake | null {
  try {
    parseFilter(runLanguage, text);
    return null;
  } catch (error) {
    if (error instanceof SearchMistake) return error;
    throw error;
  }
}
