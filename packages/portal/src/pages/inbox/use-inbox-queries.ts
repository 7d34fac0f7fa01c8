import { topics } from "@pave/contract";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSession } from "../../app/use-session.ts";
import { api } from "../../lib/api.ts";
import { useAction } from "../../ui/use-action.ts";
import type { InboxSearch } from "./inbox-search.ts";

/** The topic of one's own inbox: hints under it make all of these read again. */
const useTopic = (): string => topics.inbox(useSession().data?.principal.id ?? "");

/** How many are unread, for the bell. */
export const useUnreadQuery = () =>
  useQuery({
    queryKey: [useTopic(), "unread"],
    queryFn: () => api.countInbox({}),
    refetchInterval: 60_000,
    enabled: useSession().data !== undefined,
  });

export const useInboxQuery = (
  { show = "all", kind }: Omit<InboxSearch, "show"> & { show?: "all" | "unread" },
  limit = 50,
) =>
  useInfiniteQuery({
    queryKey: [useTopic(), "list", show, kind, limit],
    queryFn: ({ pageParam: before }) =>
      api.listInbox({ query: { limit, show, ...(kind ? { kind } : {}), ...(before ? { before } : {}) } }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });

/** Of some, or of all where none are named. */
export const useMark = () =>
  useAction({
    act: (input: { ids?: string[]; read: boolean }) => api.markInbox({ body: input }),
    topics: [useTopic()],
  });
