import { topics } from "@pave/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** Clients log without a word to the event stream: runs that go on are read again so often. */
const liveMs = 5_000;

export const useCompareQuery = (project: string, ids: string) =>
  useQuery({
    queryKey: [topics.project(project), "comparison", ids],
    queryFn: () => api.compareRuns({ params: { project }, query: { ids } }),
    enabled: ids !== "",
    // one more or one less: the others stay meanwhile
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some((run) => run.state === "running") ? liveMs : false),
  });

export const useCurvesQuery = (project: string, ids: string, metric: string, isLive: boolean) =>
  useQuery({
    queryKey: [topics.project(project), "curves", ids, metric],
    queryFn: () => api.metricCurves({ params: { project }, query: { ids, metric } }),
    refetchInterval: isLive ? liveMs : false,
  });
