import type { TrackedRunSummary } from "@pave/contract";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

/** So many fit into a URL that everybody passes on. */
const mostInUrl = 100;
/** So many can be changed at once. */
const mostSelected = 500;

/**
 * The runs that are selected, by id, in the order in which they were. The URL has them as long as they fit, so that a
 * view can be shared. With Shift all from the last one to this one are.
 */
export function useSelection(options: {
  readonly inUrl: string | undefined;
  readonly onUrl: (ids: string | undefined) => void;
  readonly runsBetween: (from: number, to: number) => Promise<readonly TrackedRunSummary[]>;
}) {
  const [ids, setIds] = useState<readonly string[]>(() => idsIn(options.inUrl));
  const last = useRef<number | null>(null);
  const current = useRef({ ...options, ids });
  current.current = { ...options, ids };
  const written = ids.length === 0 || ids.length > mostInUrl ? undefined : ids.join(",");
  useEffect(() => {
    if (written !== current.current.inUrl) current.current.onUrl(written);
  }, [written]);
  const select = useCallback(async (row: number, run: TrackedRunSummary, isRange: boolean) => {
    const { ids, runsBetween } = current.current;
    const from = last.current;
    last.current = row;
    if (isRange && from !== null && from !== row) {
      const [low, high] = [Math.min(from, row), Math.max(from, row)];
      const between = await runsBetween(low, Math.min(high, low + mostSelected - 1));
      setIds((before) => [...new Set([...before, ...between.map(({ id }) => id)])].slice(0, mostSelected));
      return;
    }
    const isOn = ids.includes(run.id);
    setIds((before) => (isOn ? before.filter((id) => id !== run.id) : [...before, run.id].slice(0, mostSelected)));
  }, []);
  const clear = useCallback(() => setIds([]), []);
  return { ids, set: useMemo(() => new Set(ids), [ids]), select, clear };
}

const idsIn = (text: string | undefined): readonly string[] =>
  (text ?? "").split(",").filter((id) => /^[0-9a-f]{32}$/.test(id));
