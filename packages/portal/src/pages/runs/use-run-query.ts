import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** While a run is open it is also read every few seconds: a hint may be lost. */
export const useRunQuery = (project: string, run: number) =>
  useQuery({
    queryKey: [topics.run(project, run)],
    queryFn: () => api.getRun({ params: { project, run } }),
    refetchInterval: (query) =>
      query.state.data && ["queued", "running"].includes(query.state.data.state) ? 3_000 : false,
  });
