import type { FileEntry } from "@pave/contract";
import { z } from "zod";
import type { Ctx } from "../../../db/context.ts";
import type { ProtocolAnswer, ProtocolRequest, ProtocolRoute } from "../../../http/protocol.ts";
import type { Artifacts } from "../../../modules/artifacts/index.ts";
import { getRegistryVersion } from "../../../modules/models/index.ts";
import { findFile, trackingNotFound } from "../../../modules/tracking/index.ts";
import { plainPath } from "../artifact-place.ts";
import { reads } from "../endpoint.ts";
import { text } from "../fields.ts";
import { fileAnswer } from "../file-answer.ts";
import { invalid } from "../mlflow-error.ts";
import { parseInput } from "../parse-input.ts";
import { createScope, type Scope, type ScopeDeps } from "../scope.ts";
import { ofRun } from "./runs.ts";

export interface GetArtifactDeps {
  readonly artifacts: Pick<Artifacts, "openBlob" | "getArtifact">;
}

const ofVersion = z.object({
  name: text,
  version: text.regex(/^\d{1,9}$/, "expected the number of a version").transform(Number),
  path: text,
});
const ofModel = z.object({ model: text, artifact_file_path: text });

/** One file by what it belongs to, as MLflow's pages and clients in other languages ask for it. */
export function getArtifactRoutes(deps: GetArtifactDeps & ScopeDeps): ProtocolRoute[] {
  const route = (path: string, handle: (scope: Scope) => Promise<ProtocolAnswer>): ProtocolRoute => ({
    method: "GET",
    path,
    ...reads,
    handle: (ctx: Ctx, request: ProtocolRequest) => handle(createScope(deps, ctx, request)),
  });
  return [
    route("/get-artifact", async (scope) => {
      const input = parseInput(ofRun({ path: text }), scope.request);
      const { runId } = await scope.run(input.run_id);
      return answer(deps, scope.ctx, input.path, (path) => findFile(scope.ctx, runId, path));
    }),
    route("/model-versions/get-artifact", async (scope) => {
      const input = parseInput(ofVersion, scope.request);
      const { name } = await scope.registeredModel(input.name);
      const { artifactId } = await getRegistryVersion(scope.ctx, name, input.version);
      const { files } = await deps.artifacts.getArtifact(scope.ctx, artifactId);
      return answer(deps, scope.ctx, input.path, async (path) => files.find((file) => file.path === path));
    }),
    ...["/api/2.0", "/ajax-api/2.0"].map((place) =>
      route(`${place}/mlflow/logged-models/:model/artifacts/files`, async (scope) => {
        const input = parseInput(ofModel, scope.request);
        const { modelId } = await scope.loggedModel(input.model);
        return answer(deps, scope.ctx, input.artifact_file_path, (path) => findFile(scope.ctx, modelId, path));
      }),
    ),
  ];
}

async function answer(
  deps: GetArtifactDeps,
  ctx: Ctx,
  given: string,
  find: (path: string) => Promise<Pick<FileEntry, "path" | "digest" | "size"> | undefined>,
): Promise<ProtocolAnswer> {
  const path = plainPath(given);
  if (path === "") throw invalid("Invalid path: the name of a file is missing");
  const file = await find(path);
  if (!file) throw trackingNotFound(`file ${path}`);
  return fileAnswer(deps.artifacts, ctx, file);
}
