import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useModelVersionQuery = (project: string, model: string, version: string) =>
  useQuery({
    queryKey: [topics.model(project, model), version],
    queryFn: () => api.getModelVersion({ params: { project, model, version } }),
  });
