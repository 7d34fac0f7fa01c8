import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useModelQuery = (project: string, model: string) =>
  useQuery({
    queryKey: [topics.model(project, model), "model"],
    queryFn: () => api.getModel({ params: { project, model } }),
  });

/** The newest versions: older ones are reached by their number. */
export const useVersionsQuery = (project: string, model: string) =>
  useQuery({
    queryKey: [topics.model(project, model), "versions"],
    queryFn: () => api.listModelVersions({ params: { project, model }, query: { limit: 200 } }),
  });
