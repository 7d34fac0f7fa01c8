import { type Artifact, counted, maxBlobBytes as defaultMaxBlobBytes } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers, RequestIo } from "../../http/handlers.ts";
import { readOrDrain } from "../../http/read-or-drain.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { Clock } from "../../kernel/time.ts";
import { resolveProject } from "../access/index.ts";
import { type ArtifactRow, producerOf } from "./artifacts-store.ts";
import { holdBlobs } from "./blobs-store.ts";
import type { Artifacts } from "./create-artifacts.ts";
import type { DiskReserve } from "./disk-reserve.ts";
import { requireBlob } from "./open-blob.ts";
import { sendBlob } from "./send-blob.ts";
import { verifySignature } from "./signed-url.ts";
import type { StoredBlob } from "./store-blob.ts";

export interface ArtifactsRoutesDeps {
  readonly artifacts: Artifacts;
  readonly signingKey: string;
  readonly clock: Clock;
  /** The most that one uploaded file may have. */
  readonly maxBlobBytes?: number;
  /** What uploads must leave free of the disk. */
  readonly reserve?: DiskReserve;
}

export function artifactsRoutes(deps: ArtifactsRoutesDeps): Handlers {
  const { artifacts, signingKey, clock, maxBlobBytes = defaultMaxBlobBytes, reserve } = deps;

  const receive = async (
    ctx: Ctx,
    io: RequestIo,
    expected: { digest?: string; size?: number },
  ): Promise<StoredBlob> => {
    const announced = Number(io.headers["content-length"] ?? 0);
    if (announced > maxBlobBytes) {
      throw new PaveError("request.too_large", `Expected at most ${maxBlobBytes} bytes, found ${announced}`, {
        fix: "Split the file, or keep it in a bucket and name it by URL",
      });
    }
    const bytes = readOrDrain(io.body);
    return artifacts.storeBlob(ctx, reserve?.guard(bytes, announced) ?? bytes, {
      ...(expected.digest === undefined ? {} : { expectedDigest: expected.digest }),
      ...(expected.size === undefined ? {} : { expectedSize: expected.size }),
      maxBytes: maxBlobBytes,
      signal: io.signal,
    });
  };

  return {
    async putBlob(ctx, { params }, io) {
      const project = await resolveProject(ctx, params.project);
      await receive(ctx, io, { digest: params.digest });
      await holdBlobs(ctx, project.id, [params.digest]);
      return { ok: true };
    },
    async uploadData(ctx, { params }, io) {
      await receive(ctx, io, { digest: params.digest });
      await holdBlobs(ctx, ctx.actor.principalId, [params.digest]);
      return { ok: true };
    },
    async uploadTable(ctx, _input, io) {
      const { digest, size } = await receive(ctx, io, {});
      await holdBlobs(ctx, ctx.actor.principalId, [digest]);
      return { digest, bytes: size };
    },
    async putSignedBlob(ctx, { params, query }, io) {
      const grant = { method: "PUT", digest: params.digest, size: Number(query.size) } as const;
      verifySignature(grant, query, signingKey, clock);
      await receive(ctx, io, grant);
      return { ok: true };
    },
    async getSignedBlob(ctx, { params, query }, io) {
      verifySignature({ method: "GET", digest: params.digest }, query, signingKey, clock);
      await sendBlob(ctx, artifacts, io, await requireBlob(ctx, params.digest));
      return undefined;
    },
    async getArtifact(ctx, { params }) {
      const artifact = await artifacts.getArtifactOf(ctx, await resolveProject(ctx, params.project), params.artifact);
      return toArtifact(artifact, await producerOf(ctx, artifact.attemptId));
    },
    async getArtifactFile(ctx, { params, query }, io) {
      const artifact = await artifacts.getArtifactOf(ctx, await resolveProject(ctx, params.project), params.artifact);
      const file = fileOf(artifact, query.path);
      await sendBlob(ctx, artifacts, io, await requireBlob(ctx, file.digest), file.path);
      return undefined;
    },
  };
}

/** An artifact as the API shows it. */
const toArtifact = (row: ArtifactRow, run: Artifact["run"]): Artifact => ({
  id: row.id,
  digest: row.digest,
  type: row.type,
  format: row.format,
  name: row.name,
  bytes: row.bytes,
  files: [...row.files],
  metadata: { ...row.metadata },
  createdAt: row.createdAt.toISOString(),
  run,
});

function fileOf(artifact: ArtifactRow, path: string | undefined) {
  const file =
    path === undefined && artifact.files.length === 1
      ? artifact.files[0]
      : artifact.files.find((entry) => entry.path === path);
  if (file) return file;
  const names = artifact.files.map((entry) => entry.path);
  throw new PaveError(
    "artifact.not_found",
    `Artifact ${artifact.name} has ${path === undefined ? counted(names.length, "file") : `no file ${path}`}`,
    {
      fix: `Name one with ?path=: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`,
    },
  );
}
