import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** How one can sign in here. */
export const useSignInOptionsQuery = () =>
  useQuery({ queryKey: ["sign-in-options"], queryFn: () => api.signInOptions({}), staleTime: 60_000 });
