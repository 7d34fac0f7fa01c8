import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const usePersonsQuery = () => useQuery({ queryKey: ["people"], queryFn: () => api.listPeople({}) });
export const useInvitationsQuery = () =>
  useQuery({ queryKey: ["invitations"], queryFn: () => api.listInvitations({}) });
