import type { TrackedRunSummary } from "@pave/contract";
import { useRouter } from "@tanstack/react-router";
import { type RefObject, useEffect, useRef, useState } from "react";
import { runPath } from "./run-path.ts";
import type { Row } from "./use-run-rows.ts";

interface GridKeys {
  readonly project: string;
  readonly count: number;
  readonly rowAt: (index: number) => Row | undefined;
  readonly toggleRow: (index: number) => void;
  readonly onSelect: (row: number, run: TrackedRunSummary, isRange: boolean) => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onMove: (index: number) => void;
}

/**
 * The row that the keyboard is at: `j` and `k` or the arrows move, `x` selects, with Shift from the last one on, Enter
 * opens a run or a group. The letters work anywhere on the page but where text is written; the others in the table.
 */
export function useGridKeys(keys: GridKeys): number | null {
  const router = useRouter();
  const [active, setActive] = useState<number | null>(null);
  const current = useRef({ ...keys, active });
  current.current = { ...keys, active };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { active, count, rowAt, project, scroller } = current.current;
      if (event.ctrlKey || event.metaKey || event.altKey || isElsewhere(event.target)) return;
      const isInTable = event.target === scroller.current || event.target === document.body;
      const to = target(event.key, isInTable, active, count);
      if (to !== undefined) {
        event.preventDefault();
        setActive(to);
        current.current.onMove(to);
        return;
      }
      const row = active === null ? undefined : rowAt(active);
      if (active === null || row === undefined) return;
      if (event.key.toLowerCase() === "x" && row.kind === "run" && row.run) {
        event.preventDefault();
        current.current.onSelect(active, row.run, event.shiftKey);
      } else if (event.key === "Enter" && isInTable) {
        event.preventDefault();
        if (row.kind === "heading") current.current.toggleRow(active);
        else if (row.run) router.history.push(runPath(project, row.run));
      } else if (isInTable && ["ArrowRight", "ArrowLeft"].includes(event.key)) {
        const isToOpen = event.key === "ArrowRight";
        const canBe = row.kind === "heading" || row.group !== undefined;
        if (canBe && row.isOpen !== isToOpen) current.current.toggleRow(active);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [router]);
  return active !== null && active < keys.count ? active : null;
}

function target(key: string, isInTable: boolean, active: number | null, count: number): number | undefined {
  const within = (index: number) => (count === 0 ? undefined : Math.max(0, Math.min(count - 1, index)));
  if (key === "j" || (isInTable && key === "ArrowDown")) return within((active ?? -1) + 1);
  if (key === "k" || (isInTable && key === "ArrowUp")) return within((active ?? 1) - 1);
  if (isInTable && key === "Home") return within(0);
  if (isInTable && key === "End") return within(count - 1);
  return undefined;
}

const isElsewhere = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("input:not([type=checkbox]), textarea, select, [role=dialog] *, [role=listbox] *"));
