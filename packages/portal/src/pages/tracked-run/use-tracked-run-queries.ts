import { topics } from "@pave/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** Clients log without a word to the browser, so what runs is read again every few seconds. */
export const liveMs = 3_000;

export const useTrackedRunQuery = (project: string, trackedRun: string) =>
  useQuery({
    queryKey: [topics.project(project), "tracked-run", trackedRun],
    queryFn: () => api.getTrackedRun({ params: { project, trackedRun } }),
    refetchInterval: (query) => (query.state.data?.state === "running" ? liveMs : false),
  });

export const useRunCurvesQuery = (input: {
  readonly project: string;
  readonly trackedRun: string;
  readonly keys: readonly string[];
  readonly points: number;
  readonly isLive: boolean;
  readonly isWanted: boolean;
}) =>
  useQuery({
    queryKey: [topics.project(input.project), "run-curves", input.trackedRun, input.keys, input.points],
    queryFn: () =>
      api.runCurves({
        params: { project: input.project, trackedRun: input.trackedRun },
        query: { keys: input.keys.join(","), points: input.points },
      }),
    enabled: input.isWanted,
    placeholderData: keepPreviousData,
    refetchInterval: input.isLive ? liveMs : false,
    // a run that is over logs nothing more
    staleTime: input.isLive ? 0 : 60_000,
  });
