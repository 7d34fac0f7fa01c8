import { type UIEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { lineAtRow, rowTops } from "../lib/line-rows.ts";
import type { LogBuffer } from "../lib/log-buffer.ts";
import { useElementWidth } from "../lib/use-element-width.ts";
import classes from "./log-view.module.css";

const rowHeight = 18;
const gutter = 76;
const overscan = 12;
/** What goes to stderr is often no error; what calls itself one is. */
const isError = /^\s*(error\b|traceback\b|\w*(error|exception):)/i;

interface LogLinesProps {
  readonly log: LogBuffer;
  readonly name: string;
  readonly query: string;
  /** The line of the current match. */
  readonly current: number | undefined;
  readonly isWrapped: boolean;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
}

/** Renders only the lines in view; wrapping is counted in characters, which all have the same width. */
export function LogLines({ log, name, query, current, isWrapped, isFollowing, onFollow }: LogLinesProps) {
  const [host, width] = useElementWidth<HTMLDivElement>();
  const probe = useRef<HTMLSpanElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [characterWidth, setCharacterWidth] = useState(7.5);
  useEffect(() => {
    if (probe.current) setCharacterWidth(probe.current.getBoundingClientRect().width / 100);
  }, []);
  const columns = isWrapped && width > 0 ? Math.max(20, Math.floor((width - gutter - 20) / characterWidth)) : null;
  const tops = useMemo(() => rowTops(log.lines, columns), [log, columns]);
  const rows = tops.at(-1) ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows are what it follows
  useLayoutEffect(() => {
    if (isFollowing && host.current) host.current.scrollTop = host.current.scrollHeight;
  }, [isFollowing, rows]);
  useEffect(() => {
    const element = host.current;
    if (!element || current === undefined) return;
    const top = (tops[current] ?? 0) * rowHeight;
    if (top < element.scrollTop || top > element.scrollTop + element.clientHeight - 2 * rowHeight)
      element.scrollTop = top - element.clientHeight / 2;
  }, [current, tops, host]);

  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    const { scrollTop: top, scrollHeight, clientHeight } = event.currentTarget;
    setScrollTop(top);
    const isAtEnd = scrollHeight - top - clientHeight < rowHeight;
    if (isAtEnd !== isFollowing && (!isAtEnd || !log.isFinished)) onFollow(isAtEnd);
  };
  const viewport = host.current?.clientHeight ?? 400;
  const first = lineAtRow(tops, Math.max(0, Math.floor(scrollTop / rowHeight) - overscan));
  const last = lineAtRow(tops, Math.ceil((scrollTop + viewport) / rowHeight) + overscan);
  return (
    <div
      ref={host}
      className={classes.lines}
      onScroll={onScroll}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      role="log"
      aria-label={`Log lines of ${name}`}
      aria-live="off"
    >
      <span ref={probe} className={classes.probe} aria-hidden>
        {"0".repeat(100)}
      </span>
      <div style={{ height: rows * rowHeight, position: "relative" }}>
        {log.lines.slice(first, last + 1).map((line, offset) => {
          const index = first + offset;
          return (
            <div
              key={index}
              className={classes.line}
              data-stream={line.stream}
              data-error={isError.test(line.text) || undefined}
              data-current={index === current || undefined}
              data-wrapped={isWrapped || undefined}
              style={{ top: (tops[index] ?? 0) * rowHeight, minHeight: rowHeight }}
            >
              <span className={classes.number} title={line.time}>
                {index + 1}
              </span>
              <span className={classes.text}>{marked(line.text, query)}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function marked(text: string, query: string) {
  const at = query === "" ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className={classes.mark}>{text.slice(at, at + query.length)}</mark>
      {text.slice(at + query.length)}
    </>
  );
}
