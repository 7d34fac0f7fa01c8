import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useMembersQuery = (project: string) =>
  useQuery({ queryKey: [topics.project(project), "members"], queryFn: () => api.listMembers({ params: { project } }) });
