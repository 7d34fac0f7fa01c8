import { CloseButton, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import type { ErrorBody } from "@pave/contract";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { DocsLink } from "../../ui/docs-link.tsx";
import classes from "./run-list.module.css";
import { type RunSearch, shows, stateChoices } from "./run-search.ts";

type Change = { readonly [K in keyof RunSearch]: RunSearch[K] | undefined };

/** What is looked for: a name or conditions, a state, and whose runs. `/` goes to the text. */
export function FilterBar({
  search,
  problem,
  onChange,
  children,
}: {
  search: RunSearch;
  /** What is wrong with what was typed. */
  problem: Pick<ErrorBody, "message" | "docs"> | null;
  onChange: (change: Change) => void;
  children: ReactNode;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(search.filter ?? "");
  useEffect(() => setText(search.filter ?? ""), [search.filter]);
  useHotkeys([["/", () => input.current?.focus()]]);
  const apply = (filter: string) => onChange({ filter: filter.trim() || undefined, after: undefined });
  return (
    <search className={classes.bar} aria-label="Filter runs">
      <TextInput
        ref={input}
        className={classes.text}
        size="xs"
        aria-label="Name or conditions"
        placeholder="A name, or metrics.roc_auc > 0.7 AND params.depth = '6'"
        leftSection={<IconSearch size={14} />}
        rightSection={
          text === "" ? null : (
            <CloseButton
              size="xs"
              aria-label="Clear the filter"
              onClick={() => {
                setText("");
                apply("");
              }}
            />
          )
        }
        error={
          problem ? (
            <>
              {problem.message} <DocsLink to={problem.docs}>What this means</DocsLink>
            </>
          ) : null
        }
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && apply(text)}
        onBlur={() => text.trim() !== (search.filter ?? "") && apply(text)}
        spellCheck={false}
        autoComplete="off"
      />
      <Select
        size="xs"
        w={128}
        aria-label="State"
        placeholder="any state"
        data={[...stateChoices]}
        clearable
        value={search.state ?? null}
        onChange={(state) => onChange({ state: state ?? undefined, after: undefined })}
      />
      <SegmentedControl
        size="xs"
        aria-label="Whose runs"
        data={[...shows]}
        value={shows.find(({ value }) => value === search.show)?.value ?? "top"}
        onChange={(show) => onChange({ show: show === "top" ? undefined : show, after: undefined })}
      />
      <span className={classes.grow} />
      {children}
    </search>
  );
}
