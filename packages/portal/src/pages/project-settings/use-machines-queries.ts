import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useTrustsQuery = (project: string) =>
  useQuery({ queryKey: ["trusts", project], queryFn: () => api.listTrusts({ params: { project } }) });
export const useIssuersQuery = () => useQuery({ queryKey: ["issuers"], queryFn: () => api.listIssuers({}) });
export const useServiceAccountsQuery = (project: string) =>
  useQuery({
    queryKey: ["service-accounts", project],
    queryFn: () => api.listServiceAccounts({ params: { project } }),
  });
