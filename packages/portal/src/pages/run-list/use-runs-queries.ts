import { type TrackedRunSummary, topics } from "@pave/contract";
import { keepPreviousData, type QueryClient, queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { api } from "../../lib/api.ts";
import type { RunScope, ScopePage } from "./row-layout.ts";
import type { RunQuery } from "./run-search.ts";

export const pageSize = 100;
/** Clients log without a word to the event stream: what is in sight is read again so often. */
const freshMs = 10_000;

const key = (project: string, ...rest: readonly unknown[]) => [topics.project(project), "tracked-runs", ...rest];

const scoped = (by: string | undefined, of: RunScope["of"]) =>
  by === undefined || of === undefined ? {} : { by, ...(of === null ? {} : { of }) };

/** A page of the runs of one scope; the first says how many there are. */
const pageOptions = (project: string, query: RunQuery, by: string | undefined, { scope, page }: PageOf) =>
  queryOptions({
    queryKey: key(project, "page", query, by ?? null, scope.of ?? null, scope.key, page),
    queryFn: () =>
      api.searchRuns({
        params: { project },
        query: {
          ...query,
          ...scoped(by, scope.of),
          count: page === 0 && scope.of === undefined ? "true" : "false",
          limit: pageSize,
          after: page * pageSize,
        },
      }),
    refetchInterval: freshMs,
  });

interface PageOf {
  readonly scope: Pick<RunScope, "key" | "of">;
  readonly page: number;
}

/** The first runs that fit, and how many there are in all. */
export const useFirstRunsQuery = (project: string, query: RunQuery, isWanted: boolean) =>
  useQuery({
    ...pageOptions(project, query, undefined, { scope: { key: "all", of: undefined }, page: 0 }),
    enabled: isWanted,
    // another filter or order is looked for: what was there stays, greyed, until it is known
    placeholderData: keepPreviousData,
  });

/** Pages by `scope page`, as far as they are there; the same map as long as nothing in it changes. */
export function useRunPages(
  project: string,
  query: RunQuery,
  by: string | undefined,
  pages: readonly ScopePage[],
): ReadonlyMap<string, readonly TrackedRunSummary[]> {
  const results = useQueries({ queries: pages.map((page) => pageOptions(project, query, by, page)) });
  const found = pages.flatMap((page, index) => {
    const items = results[index]?.data?.items;
    return items ? [[`${page.scope.key} ${page.page}`, items] as const] : [];
  });
  const known = useRef<ReadonlyMap<string, readonly TrackedRunSummary[]>>(new Map());
  const isSame = known.current.size === found.length && found.every(([key, items]) => known.current.get(key) === items);
  if (!isSame) known.current = new Map(found);
  return known.current;
}

/** Pages that may not be in sight, for what is selected between two rows. */
export const fetchRunPage = async (
  client: QueryClient,
  project: string,
  query: RunQuery,
  by: string | undefined,
  page: ScopePage,
): Promise<readonly TrackedRunSummary[]> =>
  (await client.fetchQuery({ ...pageOptions(project, query, by, page), staleTime: freshMs })).items;

export const useRunGroupsQuery = (
  project: string,
  { filter, state, show, experiment }: RunQuery,
  by: string | undefined,
  metric: string | undefined,
) =>
  useQuery({
    queryKey: key(project, "groups", { filter, state, show, experiment }, by, metric),
    queryFn: () =>
      api.groupRuns({
        params: { project },
        query: {
          ...(filter ? { filter } : {}),
          ...(state ? { state } : {}),
          ...(show ? { show } : {}),
          ...(experiment ? { experiment } : {}),
          ...(metric ? { metric } : {}),
          by: by ?? "parent",
        },
      }),
    enabled: by !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 3 * freshMs,
  });

export const useRunKeysQuery = (project: string) =>
  useQuery({
    queryKey: key(project, "keys"),
    queryFn: () => api.listRunKeys({ params: { project } }),
    staleTime: 60_000,
  });

export const useRunValuesQuery = (project: string, wanted: { readonly of: string; readonly part: string } | null) =>
  useQuery({
    queryKey: key(project, "values", wanted),
    queryFn: () => api.listRunValues({ params: { project }, query: wanted ?? { of: "tags.none" } }),
    enabled: wanted !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
