import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useTokensQuery = () => useQuery({ queryKey: ["tokens"], queryFn: () => api.listTokens({ query: {} }) });
export const usePeopleQuery = () => useQuery({ queryKey: ["principals"], queryFn: () => api.listPrincipals({}) });
export const useTeamsQuery = () => useQuery({ queryKey: ["teams"], queryFn: () => api.listTeams({}) });
export const useAccountQuery = () => useQuery({ queryKey: ["account"], queryFn: () => api.account({}) });
