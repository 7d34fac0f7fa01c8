import { pathProblems } from "../artifacts/index.ts";

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
  if (run) return filesAt(run[0], run[1]);
  const model = groups(/^mlflow-artifacts:\/\d+\/models\/(m-[0-9a-f]{32})\/artifacts(?:\/(.*))?$/);
  if (model) return filesAt(model[0], model[1]);
  const artifact = groups(/^mlflow-artifacts:\/artifacts\/([0-9a-f-]{36})$/);
  return artifact ? { from: "artifact", artifactId: artifact[0] ?? "" } : undefined;
}

/** Undefined where the path would leave its root or is none, as for any other place that is not ours. */
function filesAt(root = "", path = ""): VersionSource | undefined {
  if (path !== "" && (pathProblems([path]).length > 0 || /[#?]|%2e|%2f|%5c|%00|%25/i.test(path))) return undefined;
  return { from: "files", root, path };
}

/** Where clients find the files of an artifact. */
export const artifactLocation = (artifactId: string): string => `mlflow-artifacts:/artifacts/${artifactId}`;
