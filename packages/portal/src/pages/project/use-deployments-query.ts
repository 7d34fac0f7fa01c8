import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** Their numbers are of the last five minutes, so they are read again now and then without a hint. */
export const useDeploymentsQuery = (project: string) =>
  useQuery({
    queryKey: [topics.project(project), "deployments"],
    queryFn: () => api.listDeployments({ params: { project } }),
    refetchInterval: 10_000,
  });
