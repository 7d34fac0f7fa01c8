import { ApiError } from "@pave/contract";
import { QueryClient } from "@tanstack/react-query";

/** Server state lives here and nowhere else. Hints of the event stream mark it stale; see `live.ts`. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      // a mistake of ours or a missing right does not get better by asking again
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
    },
  },
});
