import { topics } from "@pave/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";
import type { DeploymentKey } from "./use-deployment-query.ts";

export const useTrafficQuery = (key: DeploymentKey, minutes: number) =>
  useQuery({
    queryKey: [topics.traffic(key.project, key.environment, key.deployment), minutes],
    queryFn: () => api.getTraffic({ params: { ...key }, query: { minutes } }),
    refetchInterval: 10_000,
    // another span of the same deployment: the old chart stays until the new one is there
    placeholderData: keepPreviousData,
  });
