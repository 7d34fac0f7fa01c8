import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useSecretsQuery = (project: string) =>
  useQuery({ queryKey: [topics.project(project), "secrets"], queryFn: () => api.listSecrets({ params: { project } }) });

export const useConnectionsQuery = (project: string) =>
  useQuery({
    queryKey: [topics.project(project), "connections"],
    queryFn: () => api.listConnections({ params: { project } }),
  });
