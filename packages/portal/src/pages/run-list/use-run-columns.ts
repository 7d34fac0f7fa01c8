import type { TrackedRunSummary } from "@pave/contract";
import { useMemo, useRef } from "react";
import { useStored } from "../../lib/use-stored.ts";
import { type ColumnId, defaultColumns, isColumnList, keyedOnly, parseColumns } from "./choose-columns.ts";
import { type GridColumn, gridColumn, isWidths, nameWidth } from "./grid-columns.ts";

/** The columns of the table: those of the URL, else those that this browser remembers, else what tells the runs apart. */
export function useRunColumns(
  project: string,
  inUrl: string | undefined,
  onUrl: (columns: string | undefined) => void,
) {
  const [stored, setStored] = useStored(`pave.run-table.${project}`, isColumnList);
  const [widths = {}, setWidths] = useStored(`pave.run-widths.${project}`, isWidths);
  const remembered = stored?.length ? stored : undefined;
  const chosen = useMemo(() => parseColumns(inUrl) ?? remembered, [inUrl, remembered]);
  const first = useRef<readonly ColumnId[] | null>(null);
  const known = useRef<{ readonly key: string; readonly columns: readonly GridColumn[] } | null>(null);

  /** Until somebody chooses, by the first runs that were there: columns do not come and go while one looks. */
  const idsFor = (runs: readonly TrackedRunSummary[]): readonly ColumnId[] => {
    if (chosen) return chosen;
    if (first.current === null && runs.length > 0) first.current = defaultColumns(runs);
    return first.current ?? defaultColumns([]);
  };
  const columnsFor = (ids: readonly ColumnId[]): readonly GridColumn[] => {
    const key = JSON.stringify([ids, widths]);
    if (known.current?.key !== key) known.current = { key, columns: ids.map((id) => gridColumn(id, widths)) };
    return known.current.columns;
  };
  return {
    /** What the server is asked for; all where nobody chose. */
    query: chosen ? keyedOnly(chosen) : undefined,
    shown(runs: readonly TrackedRunSummary[]) {
      const ids = idsFor(runs);
      return { ids, columns: columnsFor(ids), nameWidth: widths.name ?? nameWidth };
    },
    choose(columns: readonly ColumnId[] | undefined) {
      if (columns === undefined) first.current = null;
      setStored(columns ?? []);
      onUrl(columns?.join(","));
    },
    widen: (id: ColumnId, width: number) => setWidths({ ...widths, [id]: width }),
  };
}
