import type { TrackedRunPage } from "@pave/contract";

export interface ModelSource {
  readonly label: string;
  /** As MLflow names it. */
  readonly uri: string;
}

/** What can be registered of a run: models that MLflow 3 logged beside it, and folders of it where MLflow 2 put them. */
export function modelSources(run: Pick<TrackedRunPage, "id" | "models" | "tags">): ModelSource[] {
  const logged = run.models
    .filter(({ status, direction }) => status === "READY" && direction === "output")
    .map(({ id, name }) => ({ label: name, uri: `models:/${id}` }));
  const named = new Set(logged.map(({ label }) => label));
  const older = historyOf(run.tags["mlflow.log-model.history"])
    .filter((path) => !named.has(path))
    .map((path) => ({ label: path, uri: `runs:/${run.id}/${path}` }));
  return [...logged, ...older];
}

/** Paths of the tag that clients of MLflow 2 append to. */
function historyOf(tag: string | undefined): string[] {
  try {
    const entries: unknown = JSON.parse(tag ?? "[]");
    if (!Array.isArray(entries)) return [];
    const paths = entries.map((entry: { artifact_path?: unknown } | null) => entry?.artifact_path);
    return [...new Set(paths.filter((path): path is string => typeof path === "string" && path !== ""))];
  } catch {
    return [];
  }
}
