import { useProjectQuery } from "./use-project-query.ts";

/** The team that the project belongs to, and what is in it. */
export function OwnerOf({ project }: { project: string }) {
  const { data } = useProjectQuery(project);
  return <>{data?.owner ?? "–"}</>;
}
