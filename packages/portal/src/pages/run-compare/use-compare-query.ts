import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useCompareQuery = (project: string, ids: string) =>
  useQuery({
    queryKey: [topics.project(project), "comparison", ids],
    queryFn: () => api.compareRuns({ params: { project }, query: { ids } }),
  });

export const useCurvesQuery = (project: string, ids: string, metric: string) =>
  useQuery({
    queryKey: [topics.project(project), "curves", ids, metric],
    queryFn: () => api.metricCurves({ params: { project }, query: { ids, metric } }),
  });
