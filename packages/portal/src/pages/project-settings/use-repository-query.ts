import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useRepositoryQuery = (project: string) =>
  useQuery({
    queryKey: [topics.project(project), "repository"],
    queryFn: () => api.getRepository({ params: { project } }),
  });

export const useRepositoryPushesQuery = (project: string, enabled: boolean) =>
  useQuery({
    queryKey: [topics.project(project), "repository", "pushes"],
    queryFn: () => api.listRepositoryPushes({ params: { project }, query: { limit: 10 } }),
    enabled,
  });
