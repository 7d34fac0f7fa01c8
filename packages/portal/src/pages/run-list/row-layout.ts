import type { RunGroup } from "@pave/contract";

/*
 * Where each row of the table stands. Rows are the runs of one or more scopes (all runs, or those of a group), and the
 * headings of groups. Only the lengths of scopes are known, not what is in them: pages of them are fetched when they
 * come into sight. In a tree the runs below a run follow it, so what stands where depends on which runs are open, and at
 * which place of its scope each of those stands.
 */

/** Runs that one search finds: all of them, those of a group, or those of none (`of` is null). */
export interface RunScope {
  readonly key: string;
  readonly of: string | null | undefined;
  readonly count: number;
  readonly depth: number;
}

/** A group that is open; in a tree also the place of the run that it lies below. */
export interface OpenGroup {
  readonly value: string | null;
  readonly at: { readonly scope: string; readonly index: number } | null;
}

export type Segment =
  | { readonly kind: "heading"; readonly start: number; readonly group: RunGroup; readonly isOpen: boolean }
  | {
      readonly kind: "runs";
      readonly start: number;
      readonly scope: RunScope;
      readonly from: number;
      readonly count: number;
    };

export interface RowLayout {
  readonly segments: readonly Segment[];
  readonly count: number;
}

export interface LayoutInput {
  readonly by: string | undefined;
  /** How many runs there are where they are not grouped. */
  readonly total: number;
  readonly groups: readonly RunGroup[];
  readonly open: readonly OpenGroup[];
}

const scopeKey = (value: string | null | undefined): string =>
  value === undefined ? "all" : value === null ? "none" : `of ${value}`;

export function layoutRows({ by, total, groups, open }: LayoutInput): RowLayout {
  const segments: Segment[] = [];
  let count = 0;
  const byValue = new Map(groups.map((group) => [group.value, group]));
  const scopeOf = (value: string | null, depth: number): RunScope => ({
    key: scopeKey(value),
    of: value,
    count: byValue.get(value)?.count ?? 0,
    depth,
  });
  const addRuns = (scope: RunScope, from: number, to: number) => {
    if (to <= from) return;
    segments.push({ kind: "runs", start: count, scope, from, count: to - from });
    count += to - from;
  };
  const addScope = (scope: RunScope) => {
    const inside = open
      .flatMap(({ value, at }) =>
        at?.scope === scope.key && at.index < scope.count ? [{ value, index: at.index }] : [],
      )
      .sort((a, b) => a.index - b.index);
    let from = 0;
    for (const { value, index } of inside) {
      addRuns(scope, from, index + 1);
      addScope(scopeOf(value, scope.depth + 1));
      from = index + 1;
    }
    addRuns(scope, from, scope.count);
  };
  const addHeading = (group: RunGroup) => {
    const isOpen = open.some(({ value, at }) => at === null && value === group.value);
    segments.push({ kind: "heading", start: count, group, isOpen });
    count += 1;
    if (isOpen) addScope(scopeOf(group.value, 1));
  };
  if (by === undefined) addScope({ key: scopeKey(undefined), of: undefined, count: total, depth: 0 });
  else if (by === "parent") {
    // below runs that were not looked for, or are in another project: their parents have no row of their own
    for (const group of groups) if (group.value !== null && !group.isFound) addHeading(group);
    addScope(scopeOf(null, 0));
  } else for (const group of groups) addHeading(group);
  return { segments, count };
}

/** The segment in which a row stands. */
export function segmentAt({ segments, count }: RowLayout, index: number): Segment | undefined {
  if (index < 0 || index >= count) return undefined;
  let [low, high] = [0, segments.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((segments[middle]?.start ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return segments[low];
}

export interface ScopePage {
  readonly scope: RunScope;
  readonly page: number;
}

/** The pages of runs that have rows from one place to another, each once. */
export function pagesBetween(layout: RowLayout, from: number, to: number, pageSize: number): ScopePage[] {
  const pages = new Map<string, ScopePage>();
  for (const segment of layout.segments) {
    if (segment.kind === "heading") continue;
    const first = Math.max(from, segment.start);
    const last = Math.min(to, segment.start + segment.count - 1);
    if (last < first) continue;
    const place = (index: number) => Math.floor((segment.from + index - segment.start) / pageSize);
    for (let page = place(first); page <= place(last); page += 1)
      pages.set(`${segment.scope.key} ${page}`, { scope: segment.scope, page });
  }
  return [...pages.values()];
}

/** The row at which a run of a scope stands. */
export function rowOf({ segments }: RowLayout, scope: string, index: number): number | undefined {
  const found = segments.find(
    (one) => one.kind === "runs" && one.scope.key === scope && one.from <= index && index < one.from + one.count,
  );
  return found?.kind === "runs" ? found.start + index - found.from : undefined;
}
