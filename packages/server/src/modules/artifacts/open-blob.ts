import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { type BlobRow, describeUse, distrustBlob, findBlob } from "./blobs-store.ts";
import type { ByteRange } from "./stores/artifact-store.ts";
import type { ArtifactStores } from "./stores/artifact-stores.ts";

export interface OpenBlobOptions {
  /** A part is passed on as it is: only the whole can be compared with the digest. */
  readonly range?: ByteRange;
}

export async function openBlob(
  ctx: Ctx,
  stores: ArtifactStores,
  digest: string,
  options: OpenBlobOptions = {},
): Promise<Readable> {
  const blob = await requireBlob(ctx, digest);
  const bytes = await stores.named(blob.store).get(blob.key, options.range);
  if (!bytes) throw await corrupt(ctx, blob, "nothing in the artifact store");
  return options.range ? bytes : Readable.from(verified(ctx, blob, bytes), { objectMode: false });
}

export async function readBlob(ctx: Ctx, stores: ArtifactStores, digest: string, maxBytes: number): Promise<Buffer> {
  const blob = await requireBlob(ctx, digest);
  if (blob.size > maxBytes) {
    throw new PaveError("request.too_large", `Expected at most ${maxBytes} bytes, found ${blob.size} in ${digest}`, {
      fix: "Make the file smaller",
    });
  }
  return buffer(await openBlob(ctx, stores, digest));
}

/** The blob's row, once its bytes have been verified by somebody. */
export async function requireBlob(ctx: Ctx, digest: string): Promise<BlobRow> {
  const blob = await findBlob(ctx, digest);
  if (!blob)
    throw new PaveError("blob.not_found", `There are no bytes with the digest ${digest}`, { fix: "Upload them first" });
  if (!blob.verifiedAt) throw await corrupt(ctx, blob, "bytes that are not verified");
  return blob;
}

/** Holds the last chunk back until the whole is known to be right, so nobody takes a corrupt blob for a complete one. */
async function* verified(ctx: Ctx, blob: BlobRow, bytes: Readable): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let held: Uint8Array | undefined;
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    if (held) yield held;
    held = chunk;
  }
  const found = `sha256:${hash.digest("hex")}`;
  if (found !== blob.digest) throw await corrupt(ctx, blob, found);
  if (held) yield held;
}

async function corrupt(ctx: Ctx, blob: BlobRow, found: string): Promise<PaveError> {
  // Outside of the caller's transaction, which the error is about to undo.
  await distrustBlob({ ...ctx, db: ctx.database.kysely }, blob.digest, blob.key);
  const use = (await describeUse(ctx, blob.digest)) ?? "stored bytes";
  ctx.log.error({ digest: blob.digest, key: blob.key, found, use }, "a blob is corrupt");
  return new PaveError("artifact.corrupt", `The ${use} is corrupt: expected ${blob.digest}, found ${found}`, {
    fix: "Restore the artifact store from a backup, or make it again: push the revision again, or run the step with --refresh",
  });
}
