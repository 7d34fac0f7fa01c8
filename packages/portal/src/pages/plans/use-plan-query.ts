import { planCalls, topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** A plan of a project, or of the platform. */
export const usePlanQuery = (project: string | null, plan: number) =>
  useQuery({
    queryKey: [topics.plan(project, plan)],
    queryFn: () => planCalls(api, { project, number: plan }).show(),
    refetchInterval: (query) =>
      query.state.data && ["evaluating", "applying", "ready"].includes(query.state.data.state) ? 2_000 : false,
  });
