import { type RefObject, useLayoutEffect, useRef } from "react";
import type { Row } from "./use-run-rows.ts";

/**
 * Runs that come in above move all others down. Whoever reads further below keeps what they read under their eyes: when
 * the first run in sight stands elsewhere than before, the table is scrolled as far. At the top the new ones are shown.
 */
export function useKeptPlace(options: {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly rowAt: (index: number) => Row | undefined;
  /** The rows that are drawn. */
  readonly first: number;
  readonly last: number;
  readonly rowHeight: number;
  readonly headHeight: number;
}): void {
  const { scroller, rowAt, first, last, rowHeight, headHeight } = options;
  const kept = useRef<{ readonly id: string; readonly index: number } | null>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const before = kept.current;
    if (before && element.scrollTop > rowHeight) {
      const now = idAt(rowAt, before.index);
      if (now !== undefined && now !== before.id) {
        const index = find(rowAt, before.id, first - reach, last + reach);
        if (index !== undefined) element.scrollTop += (index - before.index) * rowHeight;
      }
    }
    const top = Math.ceil(Math.max(0, element.scrollTop - headHeight) / rowHeight);
    const id = idAt(rowAt, top);
    kept.current = id === undefined ? null : { id, index: top };
  });
}

/** So far a run is looked for: more do not come in between two looks. */
const reach = 100;

const idAt = (rowAt: (index: number) => Row | undefined, index: number): string | undefined => {
  const row = rowAt(index);
  return row?.kind === "run" ? row.run?.id : undefined;
};

function find(rowAt: (index: number) => Row | undefined, id: string, from: number, to: number): number | undefined {
  for (let index = Math.max(0, from); index <= to; index += 1) if (idAt(rowAt, index) === id) return index;
  return undefined;
}
