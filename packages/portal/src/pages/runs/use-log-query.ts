import { topics } from "@pave/contract";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";
import { appendLogs, emptyLog, type LogBuffer } from "../../lib/log-buffer.ts";

export interface LogKey {
  readonly project: string;
  readonly run: number;
  readonly step: string;
  /** Absent while nothing was tried yet. */
  readonly attempt: number | undefined;
}

/** A growing log: each read asks only for what came since; a hint of the event stream asks at once. */
export function useLogQuery({ project, run, step, attempt }: LogKey) {
  const queryClient = useQueryClient();
  const queryKey = [topics.logs(project, run, step), attempt];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<LogBuffer> => {
      const before = queryClient.getQueryData<LogBuffer>(queryKey) ?? emptyLog;
      const query = { after: before.next, limitBytes: 1_000_000, ...(attempt === undefined ? {} : { attempt }) };
      return appendLogs(before, await api.getLogs({ params: { project, run, step }, query }, { signal }));
    },
    enabled: attempt !== undefined,
    structuralSharing: false,
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => {
      if (!data) return 2_000;
      if (data.isFinished && !data.isBehind) return false;
      return data.isBehind ? 150 : 2_000;
    },
  });
}
