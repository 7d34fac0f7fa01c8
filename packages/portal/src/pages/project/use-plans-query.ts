import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const usePlansQuery = (project: string) =>
  useQuery({
    queryKey: [topics.project(project), "plans"],
    queryFn: () => api.listPlans({ params: { project }, query: { limit: 10 } }),
  });
