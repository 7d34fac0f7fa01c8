import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useRetentionQuery = (project: string) =>
  useQuery({
    queryKey: [topics.project(project), "retention"],
    queryFn: () => api.getRetention({ params: { project } }),
  });
