import { isRolloutOpen, topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export interface RolloutKey {
  readonly project: string;
  readonly environment: string;
  readonly deployment: string;
  readonly rollout: number;
}

export const useRolloutQuery = (key: RolloutKey) =>
  useQuery({
    queryKey: [topics.deployment(key.project, key.environment, key.deployment), "rollout", key.rollout],
    queryFn: () => api.getRollout({ params: { ...key } }),
    refetchInterval: ({ state: { data } }) => (data && !isRolloutOpen(data.state) ? false : 5_000),
  });
