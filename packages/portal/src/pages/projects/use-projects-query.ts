import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useProjectsQuery = () =>
  useQuery({ queryKey: ["project", "list"], queryFn: () => api.listProjects({}), refetchInterval: 30_000 });
