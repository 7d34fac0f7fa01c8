import { ApiError } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../lib/api.ts";

/** Who is signed in, and what they may do. */
export const useSession = () => useQuery({ queryKey: ["session"], queryFn: () => api.session({}), staleTime: 60_000 });

export const isSignedOut = (error: Error | null): boolean => error instanceof ApiError && error.status === 401;
