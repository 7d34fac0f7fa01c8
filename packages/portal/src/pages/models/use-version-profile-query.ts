import { type ModelVersion, topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** Asked again every few seconds while a runner makes it. */
export const useVersionProfileQuery = ({ project, name, version }: ModelVersion) =>
  useQuery({
    queryKey: [topics.model(project, name), version, "profile"],
    queryFn: () => api.getVersionProfile({ params: { project, model: name, version } }),
    refetchInterval: ({ state: { data } }) => (data?.state === "making" ? 5_000 : false),
  });
