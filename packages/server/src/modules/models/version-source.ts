/** Where a client says that a model's files are. */
export type VersionSource =
  | { readonly from: "logged-model"; readonly modelId: string }
  | { readonly from: "version"; readonly model: string; readonly version: string }
  /** Files below a run or a logged model. */
  | { readonly from: "files"; readonly root: string; readonly path: string }
  | { readonly from: "artifact"; readonly artifactId: string };

/**
 * Reads `models:/m-…`, `models:/NAME/3`, `models:/NAME@alias`, `runs:/RUN/path`, and the `mlflow-artifacts:/…` addresses
 * that this server gives. Anything else is undefined: files elsewhere are not ours to vouch for.
 */
export function parseVersionSource(source: string): VersionSource | undefined {
  const uri = source.replace(/\/+$/, "");
  const groups = (pattern: RegExp): readonly string[] | undefined => pattern.exec(uri)?.slice(1);
  const logged = groups(/^models:\/(m-[0-9a-f]{32})$/);
  if (logged) return { from: "logged-model", modelId: logged[0] ?? "" };
  const named = groups(/^models:\/([^/@]+)(?:\/|@)([^/@]+)$/);
  if (named) return { from: "version", model: named[0] ?? "", version: named[1] ?? "" };
  const run =
    groups(/^runs:\/([0-9a-f]{32})(?:\/(.*))?$/) ??
    groups(/^mlflow-artifacts:\/\d+\/([0-9a-f]{32})\/artifacts(?:\/(.*))?$/);
  if (run) return { from: "files", root: run[0] ?? "", path: run[1] ?? "" };
  const model = groups(/^mlflow-artifacts:\/\d+\/models\/(m-[0-9a-f]{32})\/artifacts(?:\/(.*))?$/);
  if (model) return { from: "files", root: model[0] ?? "", path: model[1] ?? "" };
  const artifact = groups(/^mlflow-artifacts:\/artifacts\/([0-9a-f-]{36})$/);
  return artifact ? { from: "artifact", artifactId: artifact[0] ?? "" } : undefined;
}

/** Where clients find the files of an artifact. */
export const artifactLocation = (artifactId: string): string => `mlflow-artifacts:/artifacts/${artifactId}`;
