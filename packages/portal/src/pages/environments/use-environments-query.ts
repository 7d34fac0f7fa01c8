import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useEnvironmentsQuery = () =>
  useQuery({ queryKey: ["environments"], queryFn: () => api.listEnvironments({}), refetchInterval: 30_000 });

export const useEnvironmentQuery = (environment: string) =>
  useQuery({
    queryKey: ["environments", environment],
    queryFn: () => api.getEnvironment({ params: { environment } }),
  });

export const useEnvironmentDeploymentsQuery = (environment: string) =>
  useQuery({
    // what is deployed anywhere may concern it
    queryKey: ["project", "environment", environment],
    queryFn: () => api.listEnvironmentDeployments({ params: { environment } }),
    refetchInterval: 15_000,
  });

export const usePlatformPlansQuery = (environment?: string) =>
  useQuery({
    queryKey: ["plan", "list", environment ?? null],
    queryFn: () => api.listPlatformPlans({ query: { limit: 20, ...(environment ? { environment } : {}) } }),
  });
