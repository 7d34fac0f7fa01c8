import type { ModelVersion } from "@pave/contract";
import { Aliases } from "../model/aliases.tsx";
import { useModelQuery } from "../model/use-model-queries.ts";

/** All aliases of the model: which of them is this version's can only be told beside the others. */
export function VersionAliases({ version: { project, name, version } }: { version: ModelVersion }) {
  const query = useModelQuery(project, name);
  if (!query.data) return null;
  return <Aliases project={project} model={name} aliases={query.data.aliases} version={version} />;
}
