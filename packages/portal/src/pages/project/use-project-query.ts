import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useProjectQuery = (project: string) =>
  useQuery({ queryKey: [topics.project(project)], queryFn: () => api.getProject({ params: { project } }) });
