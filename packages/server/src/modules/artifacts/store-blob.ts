import { createHash } from "node:crypto";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { claimBlob, distrustBlob, findBlob } from "./blobs-store.ts";
import { beginWrite, dropWrite, endWrite, noteUnkept } from "./store-writes.ts";
import type { ArtifactStore } from "./stores/artifact-store.ts";
import type { ArtifactStores } from "./stores/artifact-stores.ts";

export interface StoreBlobOptions {
  readonly expectedDigest?: string;
  readonly expectedSize?: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface StoredBlob {
  readonly digest: string;
  readonly size: number;
}

export async function storeBlob(
  ctx: Ctx,
  stores: ArtifactStores,
  bytes: AsyncIterable<Uint8Array>,
  options: StoreBlobOptions = {},
): Promise<StoredBlob> {
  const store = stores.current;
  const key = await beginWrite(ctx, store);
  const blob = await write(ctx, stores, key, bytes, options).catch(async (error: unknown) => {
    // what cannot be removed now goes a day later; what went wrong is the news
    await dropWrite(ctx, store, key).catch(() => undefined);
    throw error;
  });
  // where this throws, the row may be there all the same: the bytes stay until it is known
  if (await keepWrite(ctx, store, key, blob)) return blob;
  await store.delete(key);
  throw new PaveError("request.too_large", "The upload took more than a day", { fix: "Upload a smaller file" });
}

async function write(
  ctx: Ctx,
  stores: ArtifactStores,
  key: string,
  bytes: AsyncIterable<Uint8Array>,
  options: StoreBlobOptions,
): Promise<StoredBlob> {
  const meter = createMeter(options);
  await stores.current.put(meter.pass(bytes), { key, signal: options.signal });
  const blob = meter.result();
  assertExpected(blob, options);
  await dropLostKey(ctx, stores, blob.digest);
  return blob;
}

/**
 * False where the write was taken for abandoned. A digest that has bytes already needs no others: those that came go once
 * that is committed, as a store that takes its time must not hold up whoever brings the same. `beside` is in the same
 * transaction.
 */
export async function keepWrite(
  ctx: Ctx,
  store: ArtifactStore,
  key: string,
  blob: StoredBlob,
  beside: (ctx: Ctx) => Promise<unknown> = async () => undefined,
): Promise<boolean> {
  const kept = await inTransaction(ctx, async (ctx) => {
    if (!(await endWrite(ctx, key))) return undefined;
    await beside(ctx);
    const claimed = await claimBlob(ctx, { ...blob, store: store.name, key });
    if (claimed !== key) await noteUnkept(ctx, store, key);
    return claimed;
  });
  // what stays here is removed by `dropAbandonedWrites`
  if (kept !== undefined && kept !== key) await dropWrite(ctx, store, key).catch(() => undefined);
  return kept !== undefined;
}

/** Hashes and counts what flows through. */
export function createMeter({ maxBytes = Number.POSITIVE_INFINITY, expectedSize = maxBytes }: StoreBlobOptions) {
  const hash = createHash("sha256");
  let size = 0;
  return {
    async *pass(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of bytes) {
        size += chunk.byteLength;
        if (size > maxBytes)
          throw new PaveError("request.too_large", `The upload has more than ${maxBytes} bytes`, {
            fix: "Upload a smaller file",
          });
        if (size > expectedSize)
          throw new PaveError(
            "blob.digest_mismatch",
            `The upload has more than the ${expectedSize} bytes it was announced with`,
            { fix: "Upload the file again; it may have changed meanwhile" },
          );
        hash.update(chunk);
        yield chunk;
      }
    },
    result: (): StoredBlob => ({ digest: `sha256:${hash.digest("hex")}`, size }),
  };
}

function assertExpected(
  blob: StoredBlob,
  { expectedDigest = blob.digest, expectedSize = blob.size }: StoreBlobOptions,
): void {
  if (blob.digest === expectedDigest && blob.size === expectedSize) return;
  throw new PaveError(
    "blob.digest_mismatch",
    `The uploaded bytes are not what was announced: expected ${expectedDigest} with ${expectedSize} bytes, found ${blob.digest} with ${blob.size}`,
    { fix: "Upload the file again; it may have changed while it was read" },
  );
}

/** A row whose bytes are gone from the store must not win over the bytes that just arrived. */
export async function dropLostKey(ctx: Ctx, stores: ArtifactStores, digest: string): Promise<void> {
  const known = await findBlob(ctx, digest);
  const store = stores.all.find(({ name }) => name === known?.store);
  if (known?.verifiedAt && !(await store?.has(known.key))) await distrustBlob(ctx, digest, known.key);
}
