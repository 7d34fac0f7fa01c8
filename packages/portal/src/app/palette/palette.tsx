import { Kbd } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Fragment, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { allEntries, type Entry, findEntries } from "./entries.ts";
import classes from "./palette.module.css";

/** Everything by name, from the keyboard. */
export function Palette({ project, onClose }: { project: string | undefined; onClose: () => void }) {
  const router = useRouter();
  const query = useQuery({ queryKey: ["jumps"], queryFn: () => api.listJumps({}), staleTime: 20_000 });
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const entries = findEntries(allEntries(query.data?.items ?? [], project), typed, project);
  const chosen = Math.min(at, Math.max(0, entries.length - 1));
  useEffect(() => {
    list.current?.querySelector(`[data-index="${chosen}"]`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    router.history.push(entry.href);
  };
  const onKey = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setAt(Math.min(entries.length - 1, Math.max(0, chosen + move)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(entries[chosen]);
    }
  };
  return (
    <Dialog
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={640}
      centered={false}
      yOffset="10vh"
      aria-label="Command palette"
      transitionProps={{ duration: 80 }}
    >
      <div className={classes.box}>
        <div className={classes.field}>
          <IconSearch size={16} aria-hidden />
          <input
            className={classes.input}
            data-autofocus
            role="combobox"
            aria-label="Go to or do"
            aria-expanded
            aria-controls="palette-list"
            aria-activedescendant={entries[chosen] ? `palette-${chosen}` : undefined}
            placeholder="Go to a page, project, run, plan, or do something"
            value={typed}
            spellCheck={false}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              setAt(0);
            }}
            onKeyDown={onKey}
          />
          <Kbd size="xs">Esc</Kbd>
        </div>
        <div id="palette-list" ref={list} className={classes.list} role="listbox" aria-label="Where to">
          {entries.map((entry, index) => (
            <Fragment key={entry.id}>
              {entry.group === entries[index - 1]?.group ? null : (
                <div className={classes.group} role="presentation">
                  {entry.group}
                </div>
              )}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus */}
              <div
                id={`palette-${index}`}
                data-index={index}
                className={classes.entry}
                role="option"
                tabIndex={-1}
                aria-selected={index === chosen}
                onMouseMove={() => setAt(index)}
                onClick={() => go(entry)}
              >
                <span className={classes.title}>{entry.title}</span>
                <span className={classes.detail}>{entry.detail}</span>
              </div>
            </Fragment>
          ))}
          {entries.length === 0 ? <div className={classes.none}>Nothing is called that.</div> : null}
        </div>
        <div className={classes.foot}>
          <span>
            <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> choose
          </span>
          <span>
            <Kbd size="xs">Enter</Kbd> go
          </span>
          <span>
            <Kbd size="xs">?</Kbd> shortcuts, on any page
          </span>
        </div>
      </div>
    </Dialog>
  );
}
