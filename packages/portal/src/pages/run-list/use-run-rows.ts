import type { RunGroup, TrackedRunSummary } from "@pave/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { layoutRows, type OpenGroup, pagesBetween, type RowLayout, type RunScope, segmentAt } from "./row-layout.ts";
import type { RunQuery } from "./run-search.ts";
import { sortGroups } from "./sort-groups.ts";
import { useKeptView } from "./use-kept-view.ts";
import { fetchRunPage, pageSize, useFirstRunsQuery, useRunGroupsQuery, useRunPages } from "./use-runs-queries.ts";

/** What stands in one row. A run that is not there yet is undefined. */
export type Row =
  | { readonly kind: "heading"; readonly group: RunGroup; readonly isOpen: boolean }
  | {
      readonly kind: "run";
      readonly run: TrackedRunSummary | undefined;
      readonly depth: number;
      /** The runs below it, in a tree. */
      readonly group: RunGroup | undefined;
      readonly isOpen: boolean;
      readonly scope: RunScope;
      readonly index: number;
    };

export interface RowRange {
  readonly from: number;
  readonly to: number;
}

const around = 15;

/** The rows of the table, of which only those in sight are fetched. */
export function useRunRows(
  project: string,
  query: RunQuery,
  grouping: { readonly by: string | undefined; readonly metric: string | undefined },
) {
  const { by, metric } = grouping;
  const client = useQueryClient();
  const [range, setRangeState] = useState<RowRange>({ from: 0, to: 40 });
  const setRange = useCallback(
    (next: RowRange) => setRangeState((before) => (before.from === next.from && before.to === next.to ? before : next)),
    [],
  );
  const [open, setOpen] = useState<readonly OpenGroup[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: groups of something else are closed
  useEffect(() => setOpen([]), [by]);
  const first = useFirstRunsQuery(project, query, by === undefined);
  const grouped = useRunGroupsQuery(project, query, by, metric);
  const groups = useMemo(() => sortGroups(grouped.data?.items ?? [], metric), [grouped.data, metric]);
  const total = by === undefined ? (first.data?.total ?? null) : (grouped.data?.total ?? null);
  const laidOut = useMemo(
    () => layoutRows({ by, total: first.data?.total?.count ?? 0, groups, open }),
    [by, first.data?.total?.count, groups, open],
  );
  const wanted = useMemo(
    () => pagesBetween(laidOut, range.from - around, range.to + around, pageSize),
    [laidOut, range.from, range.to],
  );
  const found = useRunPages(project, query, by, wanted);
  const current = by === undefined ? first : grouped;
  const isWhole =
    current.data !== undefined &&
    !current.isPlaceholderData &&
    wanted.every(({ scope, page }) => found.has(`${scope.key} ${page}`));
  // rows of another order or filter come all at once, in place of those that are there
  const { view, isKept } = useKeptView(
    JSON.stringify([project, query, by, metric]),
    { by, metric, layout: laidOut, pages: found, groups, total, hasMoreGroups: grouped.data?.hasMore === true },
    isWhole,
  );
  const { layout, pages } = view;
  const groupOf = useMemo(
    () =>
      new Map(
        view.by === "parent"
          ? view.groups.flatMap((group) => (group.value ? [[group.value, group] as const] : []))
          : [],
      ),
    [view.by, view.groups],
  );

  const rowAt = useCallback(
    (index: number): Row | undefined => {
      const segment = segmentAt(layout, index);
      if (segment === undefined) return undefined;
      if (segment.kind === "heading") return { kind: "heading", group: segment.group, isOpen: segment.isOpen };
      const { scope } = segment;
      const at = segment.from + index - segment.start;
      const run = pages.get(`${scope.key} ${Math.floor(at / pageSize)}`)?.[at % pageSize];
      const group = run ? groupOf.get(run.id) : undefined;
      const isOpen = group !== undefined && open.some(({ value }) => value === group.value);
      return { kind: "run", run, depth: scope.depth, group, isOpen, scope, index: at };
    },
    [layout, pages, groupOf, open],
  );

  // new runs move those that are open: their place is looked for anew in what is in sight
  useEffect(() => setOpen((before) => placedAnew(before, pages)), [pages]);

  const toggle = useCallback((value: string | null, at: OpenGroup["at"]) => {
    setOpen((before) =>
      before.some((one) => one.value === value)
        ? before.filter((one) => one.value !== value)
        : [...before, { value, at }],
    );
  }, []);

  /** The runs from one row to another, fetched where they are not there. */
  const runsBetween = async (from: number, to: number): Promise<TrackedRunSummary[]> => {
    const fetched = new Map<string, readonly TrackedRunSummary[]>();
    for (const page of pagesBetween(layout, from, to, pageSize))
      fetched.set(`${page.scope.key} ${page.page}`, await fetchRunPage(client, project, query, by, page));
    return runsIn(layout, fetched, from, to);
  };

  return {
    by: view.by,
    metric: view.metric,
    layout,
    rowAt,
    toggle,
    runsBetween,
    setRange,
    total: view.total,
    hasMoreGroups: view.hasMoreGroups && view.by !== undefined,
    /** Runs to choose columns by. */
    sample: first.data?.items ?? [...pages.values()].flat(),
    error: current.error,
    isLoaded: current.data !== undefined || (isKept && current.error === null),
    isStale: isKept || current.isPlaceholderData,
    refetch: () => void current.refetch(),
  };
}

function runsIn(
  layout: RowLayout,
  pages: ReadonlyMap<string, readonly TrackedRunSummary[]>,
  from: number,
  to: number,
): TrackedRunSummary[] {
  const runs: TrackedRunSummary[] = [];
  for (let index = from; index <= to; index += 1) {
    const segment = segmentAt(layout, index);
    if (segment?.kind !== "runs") continue;
    const at = segment.from + index - segment.start;
    const run = pages.get(`${segment.scope.key} ${Math.floor(at / pageSize)}`)?.[at % pageSize];
    if (run) runs.push(run);
  }
  return runs;
}

function placedAnew(
  open: readonly OpenGroup[],
  pages: ReadonlyMap<string, readonly TrackedRunSummary[]>,
): readonly OpenGroup[] {
  let hasMoved = false;
  const places = open.map((one) => {
    if (one.at === null || one.value === null) return one;
    for (const [key, runs] of pages) {
      const space = key.lastIndexOf(" ");
      if (key.slice(0, space) !== one.at.scope) continue;
      const within = runs.findIndex(({ id }) => id === one.value);
      const index = Number(key.slice(space + 1)) * pageSize + within;
      if (within < 0 || index === one.at.index) continue;
      hasMoved = true;
      return { ...one, at: { scope: one.at.scope, index } };
    }
    return one;
  });
  return hasMoved ? places : open;
}
