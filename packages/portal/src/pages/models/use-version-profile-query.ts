import { type ModelVersion, topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** Asked again every few seconds until a runner has made it, or it is known why there is none. */
export const useVersionProfileQuery = ({ project, name, version, lineage }: ModelVersion) =>
  useQuery({
    queryKey: [topics.model(project, name), version, "profile"],
    queryFn: () => api.getVersionProfile({ params: { project, model: name, version } }),
    refetchInterval: ({ state: { data } }) =>
      data?.state === "making" || (data?.state === "none" && lineage.run !== null) ? 5_000 : false,
  });
