import { findProjects } from "../../../modules/access/index.ts";
import type { Artifacts, DiskReserve } from "../../../modules/artifacts/index.ts";
import {
  assertChangeable,
  assertModelChangeable,
  findFile,
  trackingNotFound,
} from "../../../modules/tracking/index.ts";
import type { ArtifactPlace } from "../artifact-place.ts";
import { MlflowError } from "../mlflow-error.ts";
import type { Scope } from "../scope.ts";

export interface ArtifactDeps {
  readonly artifacts: Pick<
    Artifacts,
    "storeBlob" | "openBlob" | "getArtifact" | "direct" | "directGetUrl" | "beginUpload" | "endUpload" | "dropUpload"
  >;
  readonly reserve: DiskReserve;
  /** Where clients reach the api. */
  apiUrl(): string;
}

/** The most that one uploaded file may have. */
export const maxFileBytes = 2 ** 35;

export type LoggedPlace = Exclude<ArtifactPlace, { in: "artifact" }>;
export const rootOf = (place: LoggedPlace): string => (place.in === "run" ? place.runId : place.modelId);

export function writable(place: ArtifactPlace): LoggedPlace {
  if (place.in !== "artifact") return place;
  throw new MlflowError("PERMISSION_DENIED", "Files of a registered version never change; register another version");
}

export async function assertPlace(deps: ArtifactDeps, scope: Scope, place: ArtifactPlace): Promise<void> {
  if (place.in === "run") return void (await scope.run(place.runId));
  if (place.in === "model") return void (await scope.loggedModel(place.modelId));
  const { projectId } = await deps.artifacts.getArtifact(scope.ctx, place.artifactId);
  const [project] = await findProjects(scope.ctx, [projectId], 1);
  if (!project) throw trackingNotFound(`artifact ${place.artifactId}`);
  await scope.assertOn(project, `artifact ${place.artifactId}`);
}

export async function assertWritable(scope: Scope, place: LoggedPlace): Promise<void> {
  const ownAttempt = await scope.ownAttempt();
  if (place.in === "run") assertChangeable(await scope.run(place.runId), "log", ownAttempt);
  else assertModelChangeable(await scope.loggedModel(place.modelId), ownAttempt);
}

export async function fileAt(
  deps: ArtifactDeps,
  scope: Scope,
  place: ArtifactPlace,
): Promise<{ readonly path: string; readonly digest: string; readonly size: number } | undefined> {
  if (place.in !== "artifact") return findFile(scope.ctx, rootOf(place), place.path);
  const { files } = await deps.artifacts.getArtifact(scope.ctx, place.artifactId);
  return files.find(({ path }) => path === place.path);
}
