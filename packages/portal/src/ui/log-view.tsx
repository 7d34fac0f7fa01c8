import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { counted } from "@pave/contract";
import {
  IconArrowDown,
  IconCheck,
  IconChevronDown,
  IconChevronUp,
  IconCopy,
  IconSearch,
  IconTextWrap,
} from "@tabler/icons-react";
import { type KeyboardEvent, type ReactNode, useMemo, useState } from "react";
import { count } from "../lib/format.ts";
import { findInLog, type LogBuffer, logText } from "../lib/log-buffer.ts";
import { LogLines } from "./log-lines.tsx";
import classes from "./log-view.module.css";

/** A log that may be long and may still grow: follow, search, wrap, copy. */
export function LogView({
  log,
  name,
  empty,
  aside,
}: {
  log: LogBuffer;
  name: string;
  empty: ReactNode;
  aside?: ReactNode;
}) {
  const [isWrapped, setWrapped] = useState(false);
  const [isFollowing, setFollowing] = useState(true);
  const [query, setQuery] = useState("");
  const [place, setPlace] = useState(0);
  const found = useMemo(() => findInLog(log.lines, query), [log, query]);
  const current = found.length === 0 ? undefined : found[((place % found.length) + found.length) % found.length];
  const go = (step: number) => {
    setFollowing(false);
    setPlace((before) => before + step);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") setQuery("");
  };
  return (
    <div className={classes.log}>
      <div className={classes.bar} role="toolbar" aria-label={`Log of ${name}`}>
        <TextInput
          className={classes.search}
          size="xs"
          placeholder="Search the log"
          aria-label="Search the log"
          leftSection={<IconSearch size={13} />}
          value={query}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setPlace(0);
            setFollowing(false);
          }}
        />
        <span className={classes.found} aria-live="polite">
          {query === ""
            ? ""
            : found.length === 0
              ? "no match"
              : `${found.indexOf(current ?? -1) + 1} of ${count(found.length)}`}
        </span>
        <Action label="Previous match" disabled={found.length === 0} onClick={() => go(-1)}>
          <IconChevronUp size={14} />
        </Action>
        <Action label="Next match" disabled={found.length === 0} onClick={() => go(1)}>
          <IconChevronDown size={14} />
        </Action>
        <span className={classes.grow} />
        {aside}
        <span className={classes.found}>{counted(log.lines.length, "line")}</span>
        <Action label="Wrap long lines" pressed={isWrapped} onClick={() => setWrapped((before) => !before)}>
          <IconTextWrap size={14} />
        </Action>
        <CopyLog log={log} />
        <Action label="Follow the end" pressed={isFollowing} onClick={() => setFollowing((before) => !before)}>
          <IconArrowDown size={14} />
        </Action>
      </div>
      {log.lines.length === 0 ? (
        <div className={classes.empty}>{empty}</div>
      ) : (
        <LogLines
          log={log}
          name={name}
          query={query}
          current={current}
          isWrapped={isWrapped}
          isFollowing={isFollowing}
          onFollow={setFollowing}
        />
      )}
    </div>
  );
}

/** The text is put together only when it is asked for: it may be megabytes. */
function CopyLog({ log }: { log: LogBuffer }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(logText(log.lines));
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <Action label={isCopied ? "Copied" : "Copy the log"} onClick={() => void copy()}>
      {isCopied ? <IconCheck size={14} /> : <IconCopy size={14} />}
    </Action>
  );
}

function Action(props: {
  label: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        variant={props.pressed ? "light" : "subtle"}
        color={props.pressed ? "road" : "gray"}
        size="sm"
        aria-label={props.label}
        {...(props.pressed === undefined ? {} : { "aria-pressed": props.pressed })}
        disabled={props.disabled ?? false}
        onClick={props.onClick}
      >
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}
