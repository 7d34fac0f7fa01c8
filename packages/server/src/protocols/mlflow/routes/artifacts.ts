import { z } from "zod";
import type { Ctx } from "../../../db/context.ts";
import type { ProtocolAnswer, ProtocolRequest, ProtocolRoute } from "../../../http/protocol.ts";
import { readOrDrain } from "../../../http/read-or-drain.ts";
import {
  deleteFiles,
  type FolderEntry,
  listFolder,
  putFile,
  trackingNotFound,
} from "../../../modules/tracking/index.ts";
import { type ArtifactPlace, artifactPlace, plainPath, requestedPlace } from "../artifact-place.ts";
import { type Access, type Endpoint, endpoint, places, reads, writes } from "../endpoint.ts";
import { text } from "../fields.ts";
import { fileAnswer } from "../file-answer.ts";
import { folderOf } from "../folder-of.ts";
import { invalid, isMissing } from "../mlflow-error.ts";
import { parseInput } from "../parse-input.ts";
import { createScope, type Scope, type ScopeDeps } from "../scope.ts";
import {
  type ArtifactDeps,
  assertPlace,
  assertWritable,
  fileAt,
  maxFileBytes,
  rootOf,
  writable,
} from "./artifact-access.ts";
import { ofRun } from "./runs.ts";

/** Bytes both ways, as they come: nothing is kept in memory or written twice. */
export function artifactRoutes(deps: ArtifactDeps & ScopeDeps): ProtocolRoute[] {
  type Handle = (scope: Scope) => Promise<ProtocolAnswer>;
  const route = (
    place: string,
    [method, path]: readonly [ProtocolRoute["method"], string],
    access: Access,
    handle: Handle,
  ) => ({
    method,
    path: `${place}/mlflow-artifacts/artifacts${path}`,
    ...access,
    ...(method === "PUT" ? { body: "stream" as const } : {}),
    handle: (ctx: Ctx, request: ProtocolRequest) => handle(createScope(deps, ctx, request)),
  });
  return places.flatMap((place) => [
    route(place, ["GET", ""], reads, (scope) => list(deps, scope)),
    route(place, ["GET", "/*"], reads, (scope) => download(deps, scope)),
    route(place, ["PUT", "/*"], writes, (scope) => upload(deps, scope)),
    route(place, ["DELETE", "/*"], writes, remove),
  ]);
}

/** What pages and clients in other languages list by run. */
export const artifactEndpoints: readonly Endpoint[] = [
  endpoint(["GET", "/artifacts/list"], reads, ofRun({ path: text.default("") }), async (scope, input) => {
    const run = await scope.run(input.run_id);
    const folder = plainPath(input.path);
    const entries = await listFolder(scope.ctx, run.runId, folder);
    return { root_uri: run.artifactUri, files: entries.map(fileJson(folder)) };
  }),
];

const fileJson =
  (folder: string) =>
  ({ name, isFolder, size }: FolderEntry) => ({
    path: folder === "" ? name : `${folder}/${name}`,
    is_dir: isFolder,
    ...(size === null ? {} : { file_size: size }),
  });

/** A file, or what is not there, has nothing in it, whatever is missing of its way; only names, not paths, are listed. */
async function list(deps: ArtifactDeps, scope: Scope): Promise<ProtocolAnswer> {
  const { path } = parseInput(z.object({ path: text.default("") }), scope.request);
  const entries = await entriesAt(deps, scope, path).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return { status: 200, body: entries.length === 0 ? {} : { files: entries.map(fileJson("")) } };
}

async function entriesAt(deps: ArtifactDeps, scope: Scope, path: string): Promise<FolderEntry[]> {
  const place = artifactPlace(path);
  await assertPlace(deps, scope, place);
  return place.in === "artifact"
    ? folderOf((await deps.artifacts.getArtifact(scope.ctx, place.artifactId)).files, place.path)
    : listFolder(scope.ctx, rootOf(place), place.path);
}

async function download(deps: ArtifactDeps, scope: Scope): Promise<ProtocolAnswer> {
  const place = placeOf(scope);
  await assertPlace(deps, scope, place);
  const file = await fileAt(deps, scope, place);
  if (!file) throw trackingNotFound(`file ${place.path}`);
  return fileAnswer(deps.artifacts, scope.ctx, file);
}

async function upload(deps: ArtifactDeps, scope: Scope): Promise<ProtocolAnswer> {
  const place = writable(placeOf(scope));
  await assertWritable(scope, place);
  if (place.path === "" || scope.request.params["*"]?.endsWith("/"))
    throw invalid("Invalid path: the name of a file is missing");
  const { stream, signal, headers } = scope.request;
  const bytes = deps.reserve.guard(readOrDrain(stream), Number(headers["content-length"] ?? 0));
  const blob = await deps.artifacts.storeBlob(scope.ctx, bytes, { maxBytes: maxFileBytes, signal });
  await putFile(scope.ctx, rootOf(place), { path: place.path, ...blob });
  return { status: 200, body: {} };
}

async function remove(scope: Scope): Promise<ProtocolAnswer> {
  const place = writable(placeOf(scope));
  await assertWritable(scope, place);
  await deleteFiles(scope.ctx, rootOf(place), place.path);
  return { status: 200, body: {} };
}

const placeOf = (scope: Scope): ArtifactPlace => requestedPlace(scope.request);
