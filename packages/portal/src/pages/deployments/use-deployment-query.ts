import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export interface DeploymentKey {
  readonly project: string;
  readonly environment: string;
  readonly deployment: string;
}

export const useDeploymentQuery = (key: DeploymentKey) =>
  useQuery({
    queryKey: [topics.deployment(key.project, key.environment, key.deployment)],
    queryFn: () => api.getDeployment({ params: { ...key } }),
    refetchInterval: 5_000,
  });
