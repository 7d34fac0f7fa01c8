import { type TruthSpan, topics } from "@pave/contract";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";
import type { DeploymentKey } from "./use-deployment-query.ts";

export const useTruthQuery = (key: DeploymentKey, by: TruthSpan) =>
  useQuery({
    queryKey: [topics.truth(key.project, key.environment, key.deployment), by],
    queryFn: () => api.getTruth({ params: { ...key }, query: { by } }),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
