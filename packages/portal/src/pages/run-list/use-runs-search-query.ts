import { topics } from "@pave/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";
import { pageSize, queryOf, type RunSearch } from "./run-search.ts";

export const useRunsSearchQuery = (project: string, search: RunSearch) =>
  useQuery({
    queryKey: [topics.project(project), "tracked-runs", queryOf(search)],
    queryFn: () => api.searchRuns({ params: { project }, query: { ...queryOf(search), limit: pageSize } }),
    placeholderData: keepPreviousData,
  });
