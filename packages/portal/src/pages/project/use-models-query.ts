import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export type ModelVersionSummary = Awaited<ReturnType<typeof api.listModelVersions>>["items"][number];

/** The newest versions of every model of a project, in one list. */
export const useModelsQuery = (project: string) =>
  useQuery({
    queryKey: [topics.project(project), "models"],
    queryFn: async () => {
      const { items } = await api.listModels({ params: { project } });
      const pages = await Promise.all(
        items.map(({ name }) => api.listModelVersions({ params: { project, model: name }, query: { limit: 8 } })),
      );
      return pages.flatMap((page) => page.items).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
    },
  });
