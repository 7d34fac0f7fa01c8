import { topics } from "@pave/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** What clients log comes without a hint. */
const everyMs = 10_000;

export const useExperimentsQuery = (project: string) =>
  useQuery({
    queryKey: [topics.project(project), "experiments"],
    queryFn: () => api.listExperiments({ params: { project } }),
    refetchInterval: everyMs,
  });

export const useExperimentQuery = (project: string, experiment: string, after: number) =>
  useQuery({
    queryKey: [topics.project(project), "experiments", experiment, after],
    queryFn: () => api.getExperiment({ params: { project, experiment }, query: { after } }),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });
