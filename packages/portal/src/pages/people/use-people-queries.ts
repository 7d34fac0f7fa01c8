import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const usePersonsQuery = () => useQuery({ queryKey: ["people"], queryFn: () => api.listPeople({}) });
export const useInvitationsQuery = () =>
  useQuery({ queryKey: ["invitations"], queryFn: () => api.listInvitations({}) });
/** What would stay behind without this person; asked only while somebody thinks about it. */
export const useLeftBehindQuery = (person: string | undefined) =>
  useQuery({
    queryKey: ["left-behind", person],
    queryFn: () => api.leftBehind({ params: { person: person ?? "" } }),
    enabled: person !== undefined,
  });
