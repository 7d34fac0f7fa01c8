import { topics } from "@pave/contract";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";
import { type ActivitySearch, activityQueryOf } from "./activity-search.ts";

/** Pages of the feed, newest first; what is done now appears at its top. */
export const useActivityQuery = (project: string | undefined, search: ActivitySearch) =>
  useInfiniteQuery({
    queryKey: [project === undefined ? topics.home : topics.project(project), "activity", search],
    queryFn: ({ pageParam }) =>
      api.listActivity({
        query: {
          ...activityQueryOf(search, Date.now()),
          limit: 50,
          ...(project === undefined ? {} : { project }),
          ...(pageParam === null ? {} : { before: pageParam }),
        },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: 10_000,
  });

export const useLedgerStatusQuery = () =>
  useQuery({ queryKey: ["ledger"], queryFn: () => api.ledgerStatus({}), refetchInterval: 10_000 });

export const usePrincipalsQuery = () =>
  useQuery({ queryKey: ["principals"], queryFn: () => api.listPrincipals({}), staleTime: 60_000 });
