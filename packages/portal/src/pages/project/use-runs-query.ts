import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useRunsQuery = (project: string) =>
  useQuery({
    queryKey: [topics.project(project), "runs"],
    queryFn: () => api.listRuns({ params: { project }, query: { limit: 10 } }),
  });
