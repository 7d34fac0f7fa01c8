import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** Keys of what belongs together: an added target is a choice for routes, a removed one takes its routes along. */
export const notificationTopics = ["notification-targets", "notification-routes", "notification-deliveries"] as const;

export const useTargetsQuery = () =>
  useQuery({
    queryKey: ["notification-targets"],
    queryFn: () => api.listNotificationTargets({}),
    refetchInterval: 15_000,
  });
export const useRoutesQuery = () =>
  useQuery({ queryKey: ["notification-routes"], queryFn: () => api.listNotificationRoutes({}) });
export const usePreferencesQuery = () =>
  useQuery({ queryKey: ["notification-preferences"], queryFn: () => api.getNotificationPreferences({}) });

export interface LogFilter {
  readonly target?: string;
  readonly state?: "waiting" | "delivered" | "failed";
}

export const useDeliveriesQuery = ({ target, state }: LogFilter) =>
  useInfiniteQuery({
    queryKey: ["notification-deliveries", target, state],
    queryFn: ({ pageParam: before }) =>
      api.listNotificationDeliveries({
        query: { limit: 25, ...(target ? { target } : {}), ...(state ? { state } : {}), ...(before ? { before } : {}) },
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    refetchInterval: 10_000,
  });
