/**
 * Uploads straight to the store, in parts, by addresses that it signed:
 *
 *   begun (a row of `store_writes` and one of `multipart_uploads`) → parts in the store → ended (one object, nobody's) →
 *   hashed → kept (the blob, and what names it, in one transaction; `digest` is set)
 *
 * Ending one once more changes nothing. One that is not kept within a day is given up, with all of its parts.
 */
import { pipeline } from "node:stream/promises";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { createMeter, dropLostKey, keepWrite, type StoredBlob } from "./store-blob.ts";
import { beginWrite, dropUnkept } from "./store-writes.ts";
import type { ArtifactStore, DirectAccess, UploadedPart } from "./stores/artifact-store.ts";
import type { ArtifactStores } from "./stores/artifact-stores.ts";

/** Where the file will be; who ends an upload says it again. */
export interface UploadPlace {
  readonly root: string;
  readonly path: string;
}

export interface BegunUpload {
  readonly id: string;
  /** Of the parts, in their order. */
  readonly urls: readonly string[];
}

const abandonedAfterMs = 24 * 3_600_000;
const atOnce = 100;

/** Undefined where the store has no addresses for clients. */
export async function beginUpload(
  ctx: Ctx,
  { current: store }: ArtifactStores,
  place: UploadPlace,
  parts: number,
): Promise<BegunUpload | undefined> {
  const { direct } = store;
  if (!direct) return undefined;
  const key = await beginWrite(ctx, store);
  const uploadId = await direct.beginUpload(key);
  const id = newId();
  await ctx.db
    .insertInto("multipart_uploads")
    .values({
      ...{ id, root: place.root, path: place.path, store: store.name, key, upload_id: uploadId },
      ...{ principal_id: ctx.actor.principalId, begun_at: ctx.clock.now() },
    })
    .execute();
  const urls: string[] = [];
  for (let part = 1; part <= parts; part += 1) urls.push(await direct.partUrl(key, uploadId, part));
  return { id, urls };
}

/** `name` is called in the transaction that keeps the bytes. */
export async function endUpload(
  ctx: Ctx,
  stores: ArtifactStores,
  upload: UploadPlace & { readonly id: string; readonly parts: readonly UploadedPart[]; readonly maxBytes: number },
  name: (ctx: Ctx, blob: StoredBlob) => Promise<void>,
): Promise<void> {
  const row = await findUpload(ctx, upload);
  if (row.digest !== null) return;
  const [store, direct] = directOf(stores, row.store);
  await direct.endUpload(row.key, row.uploadId, upload.parts);
  const blob = await hash(store, row.key, upload.maxBytes).catch(async (error: unknown) => {
    if (error instanceof PaveError && error.code === "request.too_large") await dropOne(ctx, stores, row);
    throw error;
  });
  await dropLostKey(ctx, stores, blob.digest);
  const beside = async (ctx: Ctx): Promise<void> => {
    await name(ctx, blob);
    await ctx.db.updateTable("multipart_uploads").set({ digest: blob.digest }).where("id", "=", row.id).execute();
  };
  if (await keepWrite(ctx, store, row.key, blob, beside)) return;
  // the same request, sent again while this one was at it, was quicker; or it took more than a day
  if ((await findUpload(ctx, upload)).digest === null) throw notThere(upload.id);
}

/** By the client that began it; what is not there is fine. */
export async function dropUpload(
  ctx: Ctx,
  stores: ArtifactStores,
  upload: UploadPlace & { id: string },
): Promise<void> {
  const row = await findUpload(ctx, upload).catch(() => undefined);
  if (row?.digest === null) await dropOne(ctx, stores, row);
}

/** What nobody can be at any more; so many a round. */
export async function dropAbandonedUploads(ctx: Ctx, stores: ArtifactStores): Promise<number> {
  const before = new Date(ctx.clock.now().getTime() - abandonedAfterMs);
  const rows = await ctx.db
    .selectFrom("multipart_uploads")
    .select(columns)
    .where("begun_at", "<", before)
    .orderBy("begun_at")
    .limit(atOnce)
    .execute();
  let dropped = 0;
  for (const row of rows) {
    try {
      if (row.digest === null) await dropOne(ctx, stores, row);
      else await ctx.db.deleteFrom("multipart_uploads").where("id", "=", row.id).execute();
      dropped += row.digest === null ? 1 : 0;
    } catch (error) {
      ctx.log.error({ upload: row.id, error: messageOf(error) }, "an abandoned upload could not be removed");
    }
  }
  // and those that no row knows of, of a server that was killed while it began one
  for (const store of stores.all) dropped += (await store.dropUnfinished?.(before)) ?? 0;
  return dropped;
}

const columns = ["id", "store", "key", "upload_id as uploadId", "digest"] as const;

interface UploadRow {
  readonly id: string;
  readonly store: string;
  readonly key: string;
  readonly uploadId: string;
  readonly digest: string | null;
}

async function findUpload(ctx: Ctx, { id, root, path }: UploadPlace & { readonly id: string }): Promise<UploadRow> {
  const row = await ctx.db
    .selectFrom("multipart_uploads")
    .select(columns)
    .where("id", "=", id)
    .where("root", "=", root)
    .where("path", "=", path)
    .executeTakeFirst();
  return row ?? Promise.reject(notThere(id));
}

/** Never what was kept meanwhile: clients give an upload up while the request that ends it is still being worked on. */
async function dropOne(ctx: Ctx, stores: ArtifactStores, row: UploadRow): Promise<void> {
  const [store, direct] = directOf(stores, row.store);
  await direct.dropUpload(row.key, row.uploadId);
  await dropUnkept(ctx, store, row.key);
  await ctx.db.deleteFrom("multipart_uploads").where("id", "=", row.id).where("digest", "is", null).execute();
}

function directOf(stores: ArtifactStores, name: string): [ArtifactStore, DirectAccess] {
  const store = stores.named(name);
  if (!store.direct) throw new Error(`Broken invariant: an upload in parts to ${name}`);
  return [store, store.direct];
}

/** Reads what the client sent once, in memory that does not grow with it. */
async function hash(store: ArtifactStore, key: string, maxBytes: number): Promise<StoredBlob> {
  const bytes = await store.get(key);
  if (!bytes) throw new Error(`Broken invariant: an upload was ended and nothing is under its key ${key}`);
  const meter = createMeter({ maxBytes });
  await pipeline(bytes, meter.pass, async (source: AsyncIterable<Uint8Array>) => {
    for await (const _ of source);
  });
  return meter.result();
}

const notThere = (id: string): PaveError =>
  new PaveError(
    "blob.not_found",
    `There is no upload ${id} for this path: it was given up, or is more than a day old`,
    {
      fix: "Upload the file again",
    },
  );
