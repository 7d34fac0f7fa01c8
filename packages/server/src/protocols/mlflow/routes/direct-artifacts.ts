import { basename } from "node:path";
import { z } from "zod";
import type { Ctx } from "../../../db/context.ts";
import type { ProtocolRequest, ProtocolRoute } from "../../../http/protocol.ts";
import { putFile, trackingNotFound } from "../../../modules/tracking/index.ts";
import { artifactPlace, requestedPlace } from "../artifact-place.ts";
import { places, reads, writes } from "../endpoint.ts";
import { text } from "../fields.ts";
import { MlflowError } from "../mlflow-error.ts";
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

/** What S3 takes. */
const maxParts = 10_000;
const bodyLimitBytes = 8 * 2 ** 20;
/** As clients know it: one that starts so makes them send the file through the api. */
const unsupported = (what: string): MlflowError =>
  new MlflowError("NOT_IMPLEMENTED", `Multipart ${what} is not supported for the current artifact repository`);

const created = z.object({ path: text.min(1), num_parts: z.coerce.number().int().min(1).max(maxParts).default(1) });
const uploadId = text.max(200);
const completed = z.object({
  path: text.min(1),
  upload_id: uploadId,
  parts: z
    .array(z.object({ part_number: z.coerce.number().int().min(1).max(maxParts), etag: text.min(1).max(200) }))
    .min(1)
    .max(maxParts),
});
const aborted = z.object({ path: text.min(1), upload_id: uploadId });

/** Large files by addresses that the store signs, where it has such. What came so is hashed before it is listed. */
export function directArtifactRoutes(deps: ArtifactDeps & ScopeDeps): ProtocolRoute[] {
  const upload = (verb: string, handle: (scope: Scope) => Promise<object>) => (place: string) => ({
    method: "POST" as const,
    path: `${place}/mlflow-artifacts/mpu/${verb}/*`,
    ...writes,
    ...{ body: "text" as const, bodyLimitBytes },
    handle: async (ctx: Ctx, request: ProtocolRequest) => ({
      status: 200,
      body: await handle(createScope(deps, ctx, request)),
    }),
  });
  const routes = [
    upload("create", (scope) => create(deps, scope)),
    upload("complete", (scope) => complete(deps, scope)),
    upload("abort", (scope) => abort(deps, scope)),
    (place: string) => ({
      method: "GET" as const,
      path: `${place}/mlflow-artifacts/presigned/*`,
      ...reads,
      handle: async (ctx: Ctx, request: ProtocolRequest) => ({
        status: 200,
        body: await presigned(deps, createScope(deps, ctx, request)),
      }),
    }),
  ];
  return places.flatMap((place) => routes.map((route) => route(place)));
}

async function create(deps: ArtifactDeps, scope: Scope): Promise<object> {
  const input = parseInput(created, scope.request);
  const place = await placeOf(scope, input.path);
  const begun = await deps.artifacts.beginUpload(scope.ctx, place, input.num_parts);
  if (!begun) throw unsupported("upload");
  return {
    upload_id: begun.id,
    credentials: begun.urls.map((url, index) => ({ url, part_number: index + 1, headers: {} })),
  };
}

async function complete(deps: ArtifactDeps, scope: Scope): Promise<object> {
  const input = parseInput(completed, scope.request);
  const place = await placeOf(scope, input.path);
  const parts = input.parts.map(({ part_number, etag }) => ({ part: part_number, etag }));
  await deps.artifacts.endUpload(
    scope.ctx,
    { ...place, id: input.upload_id, parts, maxBytes: maxFileBytes },
    (ctx, blob) => putFile(ctx, place.root, { path: place.path, ...blob }),
  );
  return {};
}

async function abort(deps: ArtifactDeps, scope: Scope): Promise<object> {
  const input = parseInput(aborted, scope.request);
  const place = await placeOf(scope, input.path);
  await deps.artifacts.dropUpload(scope.ctx, { ...place, id: input.upload_id });
  return {};
}

/** The folder is in the address; of the file on the client's disk, which the body names, only its name counts. */
async function placeOf(scope: Scope, file: string): Promise<{ root: string; path: string }> {
  requestedPlace(scope.request);
  const folder = scope.request.params["*"] ?? "";
  const name = /[^/\\]*$/.exec(file)?.[0] ?? "";
  if (name === "" || name === "." || name === "..")
    throw new MlflowError(
      "INVALID_PARAMETER_VALUE",
      `Invalid path: ${JSON.stringify(file.slice(0, 200))} names no file`,
    );
  const place = writable(artifactPlace(`${folder.replace(/\/+$/, "")}/${name}`));
  await assertWritable(scope, place);
  return { root: rootOf(place), path: place.path };
}

async function presigned(deps: ArtifactDeps, scope: Scope): Promise<object> {
  const place = requestedPlace(scope.request);
  await assertPlace(deps, scope, place);
  if (!deps.artifacts.direct) throw unsupported("download");
  const file = await fileAt(deps, scope, place);
  if (!file) throw trackingNotFound(`file ${place.path}`);
  const url = await deps.artifacts.directGetUrl(scope.ctx, file.digest, basename(file.path));
  return { url: new URL(url, deps.apiUrl()).href, headers: {}, file_size: file.size };
}
