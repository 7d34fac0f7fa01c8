import type { Readable } from "node:stream";
import type { FileEntry, RemoteFile } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { Clock } from "../../kernel/time.ts";
import { type ArtifactRow, findArtifacts } from "./artifacts-store.ts";
import { touchBlobs } from "./blobs-store.ts";
import { createArtifact, type NewArtifact } from "./create-artifact.ts";
import {
  type BegunUpload,
  beginUpload,
  dropAbandonedUploads,
  dropUpload,
  endUpload,
  type UploadPlace,
} from "./multipart-uploads.ts";
import { type OpenBlobOptions, openBlob, readBlob, requireBlob } from "./open-blob.ts";
import { signUrl } from "./signed-url.ts";
import { type StoreBlobOptions, type StoredBlob, storeBlob } from "./store-blob.ts";
import { dropAbandonedWrites } from "./store-writes.ts";
import type { ArtifactStore } from "./stores/artifact-store.ts";
import { joinStores } from "./stores/artifact-stores.ts";

type EndUpload = Parameters<typeof endUpload>[2];

export interface ArtifactsOptions {
  /** Where new bytes go. */
  readonly store: ArtifactStore;
  /** Stores that older bytes may lie in. */
  readonly older?: readonly ArtifactStore[];
  /** Of `loadSigningKey`. */
  readonly signingKey: string;
  readonly clock: Clock;
}

/** Content-addressed bytes and what is made of them. */
export interface Artifacts {
  /** Stores bytes while hashing them; bytes that are there already are stored once. */
  storeBlob(ctx: Ctx, bytes: AsyncIterable<Uint8Array>, options?: StoreBlobOptions): Promise<StoredBlob>;
  storeBytes(ctx: Ctx, bytes: Uint8Array | string): Promise<StoredBlob>;
  /** A stream that fails before its end if the bytes are not what the digest says. */
  openBlob(ctx: Ctx, digest: string, options?: OpenBlobOptions): Promise<Readable>;
  readBlob(ctx: Ctx, digest: string, maxBytes: number): Promise<Buffer>;
  /** Those of the digests that must be uploaded: not there, never verified, or found corrupt. */
  missingBlobs(ctx: Ctx, digests: readonly string[]): Promise<string[]>;
  signedGetUrl(digest: string): string;
  /** Where clients reach the store themselves; undefined where they cannot. */
  readonly direct: { readonly isAdvertised: boolean } | undefined;
  /** An address of the store that the bytes lie in, or of ours below the api where that has none. */
  directGetUrl(ctx: Ctx, digest: string, fileName: string): Promise<string>;
  /** Undefined where clients cannot reach the store. */
  beginUpload(ctx: Ctx, place: UploadPlace, parts: number): Promise<BegunUpload | undefined>;
  /** Makes a blob of the parts once they are hashed; `name` is called in the transaction that keeps it. */
  endUpload: (ctx: Ctx, upload: EndUpload, name: (ctx: Ctx, blob: StoredBlob) => Promise<void>) => Promise<void>;
  dropUpload(ctx: Ctx, upload: UploadPlace & { readonly id: string }): Promise<void>;
  signedPutUrl(digest: string, size: number): string;
  /** Refuses paths that leave their folder, and blobs that are missing or of another size. */
  createArtifact(ctx: Ctx, artifact: NewArtifact): Promise<ArtifactRow>;
  getArtifact(ctx: Ctx, id: string): Promise<ArtifactRow>;
  /** The project's; another project's is as unknown as one that does not exist. */
  getArtifactOf(ctx: Ctx, project: { readonly id: string }, id: string): Promise<ArtifactRow>;
  /** In the order of the ids; throws where one is missing. */
  getArtifacts(ctx: Ctx, ids: readonly string[]): Promise<ArtifactRow[]>;
  /** Removes what writers that were killed left in the store, a part of it; once an hour is plenty. Says how much it was. */
  prune(ctx: Ctx): Promise<{ readonly writes: number; readonly uploads: number }>;
  /** The files with signed URLs to fetch them from. */
  remoteFiles(files: readonly FileEntry[]): RemoteFile[];
}

export function createArtifacts(options: ArtifactsOptions): Artifacts {
  const { signingKey, clock } = options;
  const stores = joinStores(options.store, options.older);
  const signedGetUrl = (digest: string) => signUrl({ method: "GET", digest }, signingKey, clock);
  const getArtifacts = async (ctx: Ctx, ids: readonly string[]): Promise<ArtifactRow[]> => {
    const found = new Map((await findArtifacts(ctx, ids)).map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? notFound(id));
  };
  const firstOf = (rows: readonly ArtifactRow[], id: string): ArtifactRow => rows[0] ?? notFound(id);

  return {
    storeBlob: (ctx, bytes, blobOptions) => storeBlob(ctx, stores, bytes, blobOptions),
    storeBytes: (ctx, bytes) => storeBlob(ctx, stores, once(typeof bytes === "string" ? Buffer.from(bytes) : bytes)),
    openBlob: (ctx, digest, openOptions) => openBlob(ctx, stores, digest, openOptions),
    readBlob: (ctx, digest, maxBytes) => readBlob(ctx, stores, digest, maxBytes),
    missingBlobs: async (ctx, digests) => {
      const sizes = await touchBlobs(ctx, digests);
      return [...new Set(digests)].filter((digest) => !sizes.has(digest));
    },
    signedGetUrl,
    direct: stores.current.direct && { isAdvertised: stores.current.direct.isAdvertised },
    async directGetUrl(ctx, digest, fileName) {
      const blob = await requireBlob(ctx, digest);
      const { direct } = stores.named(blob.store);
      return direct ? direct.getUrl(blob.key, fileName) : signedGetUrl(digest);
    },
    beginUpload: (ctx, place, parts) => beginUpload(ctx, stores, place, parts),
    endUpload: (ctx, upload, name) => endUpload(ctx, stores, upload, name),
    dropUpload: (ctx, upload) => dropUpload(ctx, stores, upload),
    signedPutUrl: (digest, size) => signUrl({ method: "PUT", digest, size }, signingKey, clock),
    createArtifact,
    getArtifact: async (ctx, id) => firstOf(await getArtifacts(ctx, [id]), id),
    async getArtifactOf(ctx, project, id) {
      const [artifact] = await findArtifacts(ctx, [id]);
      return artifact?.projectId === project.id ? artifact : notFound(id);
    },
    getArtifacts,
    prune: async (ctx) => {
      const uploads = await dropAbandonedUploads(ctx, stores);
      let writes = 0;
      for (const store of stores.all) writes += await dropAbandonedWrites(ctx, store);
      return { writes, uploads };
    },
    remoteFiles: (files) =>
      files.map(({ path, digest, size, executable }) => ({
        path,
        digest,
        size,
        executable,
        url: signedGetUrl(digest),
      })),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function notFound(id: string): never {
  throw new PaveError("artifact.not_found", `There is no artifact ${id}`, {
    fix: "Take the id from a run's page or from `pave runs show`",
  });
}
