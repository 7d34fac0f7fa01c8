import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import type { FileEntry } from "@pave/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import type { Handlers, RequestIo } from "../../http/handlers.ts";
import { digestOf, newId } from "../../kernel/ids.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { must } from "../../kernel/pave-error.ts";
import { systemClock } from "../../kernel/time.ts";
import {
  type ArtifactStore,
  type Artifacts,
  artifactsRoutes,
  createArtifacts,
  createDiskReserve,
  createFolderStore,
  loadSigningKey,
} from "./index.ts";
import { storeBlob } from "./store-blob.ts";
import { beginWrite, dropAbandonedWrites } from "./store-writes.ts";
import { joinStores } from "./stores/artifact-stores.ts";

let db: TestDatabase;
let ctx: Ctx;
let folder: string;
let artifacts: Artifacts;
let routes: Handlers;
const projectId = newId();

beforeAll(async () => {
  db = await createTestDatabase();
  ctx = createContext(db.database, { log: silentLogger });
  folder = await mkdtemp(join(tmpdir(), "pave-artifacts-"));
  const signingKey = await loadSigningKey(ctx);
  artifacts = createArtifacts({ store: await createFolderStore({ folder }), signingKey, clock: systemClock });
  routes = artifactsRoutes({ artifacts, signingKey, clock: systemClock, maxBlobBytes: 1000 });
  await ctx.db
    .insertInto("projects")
    .values({ id: projectId, name: "flights", title: "Flights", owner: "ops", created_by: "system" })
    .execute();
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true, force: true });
});

const objects = async () =>
  (await readdir(join(folder, "objects"), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
const pathOf = async (digest: string) => {
  const row = await ctx.db.selectFrom("blobs").select("key").where("digest", "=", digest).executeTakeFirstOrThrow();
  return join(folder, "objects", row.key);
};
const stream = (content: string) => Readable.from([Buffer.from(content)]);
const entry = (path: string, content: string): FileEntry => ({
  path,
  digest: digestOf(content),
  size: content.length,
  executable: false,
});

test("the same bytes stored twice, also at once, lie in the store once", async () => {
  const before = (await objects()).length;
  const stored = await Promise.all(["twin", "twin", "twin"].map((content) => artifacts.storeBytes(ctx, content)));
  expect(new Set(stored.map((blob) => blob.digest))).toEqual(new Set([digestOf("twin")]));
  expect((await objects()).length).toBe(before + 1);
  expect(await text(await artifacts.openBlob(ctx, digestOf("twin")))).toBe("twin");
});

test("a store that takes its time to remove what came twice holds nobody up, and one that fails loses nothing", async () => {
  const store = await createFolderStore({ folder });
  const [asked, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow: ArtifactStore = {
    ...store,
    async delete() {
      asked.resolve();
      await go.promise;
      throw new Error("the store is away");
    },
  };
  await artifacts.storeBytes(ctx, "twice");
  const before = (await objects()).length;
  const again = storeBlob(ctx, joinStores(slow), stream("twice"));
  await asked.promise;
  // the row is free: nothing waits for the store within a transaction
  await ctx.db
    .transaction()
    .execute(async (db) => sql`select from blobs where digest = ${digestOf("twice")} for update nowait`.execute(db));
  go.resolve();
  expect(await again).toEqual({ digest: digestOf("twice"), size: 5 });
  expect((await objects()).length).toBe(before + 1);
  await artifacts.prune(ctx);
  expect((await objects()).length).toBe(before);
  expect(await text(await artifacts.openBlob(ctx, digestOf("twice")))).toBe("twice");

  const tooLong = storeBlob(ctx, joinStores(slow), stream("too long"), { maxBytes: 3 });
  await expect(tooLong).rejects.toMatchObject({ code: "request.too_large" });
});

test("what a process that was killed left in the store is removed a day later, what is kept stays", async () => {
  const begun = new Date();
  const later = createContext(db.database, {
    log: silentLogger,
    clock: { now: () => new Date(begun.getTime() + 86_400_000 + 60_000) },
  });
  const store = await createFolderStore({ folder });
  const [arrived, never] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const stopping: ArtifactStore = {
    ...store,
    async put(bytes, options) {
      arrived.resolve(await store.put(bytes, options));
      return never.promise;
    },
  };
  const before = (await objects()).length;
  const kept = await artifacts.storeBytes(ctx, "kept");
  const stopped = storeBlob(ctx, joinStores(stopping), stream("stopped"));
  const lostKey = await arrived.promise;
  await artifacts.prune(ctx);
  expect((await objects()).length).toBe(before + 2);

  await artifacts.prune(later);
  expect(await store.has(lostKey)).toBe(false);
  expect((await objects()).length).toBe(before + 1);
  expect(await text(await artifacts.openBlob(ctx, kept.digest))).toBe("kept");

  // it was only very slow: of what was taken from it, nothing counts
  never.resolve(lostKey);
  await expect(stopped).rejects.toMatchObject({ message: "The upload took more than a day" });
  expect(await artifacts.missingBlobs(ctx, [digestOf("stopped")])).toHaveLength(1);
  expect(await ctx.db.selectFrom("store_writes").select("key").execute()).toEqual([]);
});

test("one that cannot be removed keeps no other, and is tried again", async () => {
  const store = await createFolderStore({ folder });
  const [stuck, other] = [await beginWrite(ctx, store), await beginWrite(ctx, store)];
  for (const key of [stuck, other]) await store.put(stream("left"), { key });
  const later = createContext(db.database, {
    log: silentLogger,
    clock: { now: () => new Date(Date.now() + 86_400_000 + 60_000) },
  });
  const failing: ArtifactStore = {
    ...store,
    delete: async (key) => {
      if (key === stuck) throw new Error("the disk is ill");
      await store.delete(key);
    },
  };
  await dropAbandonedWrites(later, failing);
  expect([await store.has(stuck), await store.has(other)]).toEqual([true, false]);
  await dropAbandonedWrites(later, store);
  expect(await store.has(stuck)).toBe(false);
  expect(await ctx.db.selectFrom("store_writes").select("key").execute()).toEqual([]);
});

test("bytes that are not what was announced are refused and not kept", async () => {
  const before = (await objects()).length;
  await expect(artifacts.storeBlob(ctx, stream("lie"), { expectedDigest: digestOf("truth") })).rejects.toMatchObject({
    code: "blob.digest_mismatch",
    message: `The uploaded bytes are not what was announced: expected ${digestOf("truth")} with 3 bytes, found ${digestOf("lie")} with 3`,
  });
  await expect(artifacts.storeBlob(ctx, stream("x".repeat(11)), { maxBytes: 10 })).rejects.toMatchObject({
    code: "request.too_large",
  });
  await expect(artifacts.storeBlob(ctx, stream("1234"), { expectedSize: 3 })).rejects.toMatchObject({
    code: "blob.digest_mismatch",
  });
  expect((await objects()).length).toBe(before);
  expect(await artifacts.missingBlobs(ctx, [digestOf("lie"), digestOf("truth")])).toEqual([
    digestOf("lie"),
    digestOf("truth"),
  ]);
});

test("an artifact is refused while one of its blobs is missing, of another size or unverified", async () => {
  await artifacts.storeBytes(ctx, "abc");
  const make = (files: FileEntry[]) =>
    artifacts.createArtifact(ctx, { projectId, type: "dataset", format: "csv", name: "train.table", files });
  await expect(make([entry("gone.csv", "never stored")])).rejects.toMatchObject({
    code: "blob.not_found",
    message: expect.stringContaining("gone.csv in artifact train.table"),
  });
  await expect(make([{ ...entry("a.csv", "abc"), size: 4 }])).rejects.toMatchObject({ code: "blob.digest_mismatch" });
  await expect(make([entry("../a.csv", "abc")])).rejects.toMatchObject({ code: "revision.path_invalid" });
  await artifacts.storeBytes(ctx, "unsure");
  await ctx.db.updateTable("blobs").set({ verified_at: null }).where("digest", "=", digestOf("unsure")).execute();
  await expect(make([entry("b.csv", "unsure")])).rejects.toMatchObject({ code: "blob.not_found" });
  expect((await make([entry("a.csv", "abc")])).bytes).toBe(3);
});

test("a corrupt blob fails by the artifact's name before its last byte, and is healed by storing it again", async () => {
  const content = "x".repeat(200_000);
  await artifacts.storeBytes(ctx, content);
  const artifact = await artifacts.createArtifact(ctx, {
    projectId,
    type: "model",
    format: "onnx",
    name: "train.model",
    files: [entry("model.onnx", content)],
  });
  await writeFile(await pathOf(digestOf(content)), `${"x".repeat(199_999)}y`);

  let received = 0;
  const read = async () => {
    for await (const chunk of await artifacts.openBlob(ctx, digestOf(content))) received += chunk.length;
  };
  await expect(read()).rejects.toMatchObject({
    code: "artifact.corrupt",
    message: `The artifact train.model (${artifact.id}) of project flights is corrupt: expected ${digestOf(content)}, found ${digestOf(`${"x".repeat(199_999)}y`)}`,
  });
  expect(received).toBeLessThan(200_000);

  expect(await artifacts.missingBlobs(ctx, [digestOf(content)])).toEqual([digestOf(content)]);
  await artifacts.storeBytes(ctx, content);
  expect(await artifacts.missingBlobs(ctx, [digestOf(content)])).toEqual([]);
  expect((await artifacts.readBlob(ctx, digestOf(content), 1_000_000)).toString()).toBe(content);
});

test("a cut file and a deleted file are corrupt too", async () => {
  for (const damage of [async (path: string) => truncate(path, 3), async (path: string) => rm(path)]) {
    await artifacts.storeBytes(ctx, "damaged");
    await damage(await pathOf(digestOf("damaged")));
    await expect(artifacts.readBlob(ctx, digestOf("damaged"), 100)).rejects.toMatchObject({ code: "artifact.corrupt" });
  }
});

test("bytes whose file was lost are stored again although their row is there", async () => {
  await artifacts.storeBytes(ctx, "lost");
  await rm(await pathOf(digestOf("lost")));
  await artifacts.storeBytes(ctx, "lost");
  expect((await artifacts.readBlob(ctx, digestOf("lost"), 100)).toString()).toBe("lost");
});

test("reading more than allowed is refused before anything is read", async () => {
  await artifacts.storeBytes(ctx, "1234567890");
  await expect(artifacts.readBlob(ctx, digestOf("1234567890"), 9)).rejects.toMatchObject({ code: "request.too_large" });
});

function io(over: Partial<RequestIo> = {}) {
  const sent: { status?: number; headers?: Record<string, string>; body?: string } = {};
  const value = {
    body: Readable.from([]),
    headers: {},
    signal: new AbortController().signal,
    async send(status: number, headers: Record<string, string>, body: Readable | Buffer | string) {
      Object.assign(sent, {
        status,
        headers,
        body: body instanceof Readable ? (await buffer(body)).toString() : String(body),
      });
    },
    ...over,
  } as RequestIo;
  return { io: value, sent };
}

async function callSigned(url: string, over: Partial<RequestIo> = {}) {
  const { pathname, searchParams } = new URL(url, "http://pave");
  const input = {
    params: { digest: decodeURIComponent(must(pathname.split("/").at(-1), "digest")) },
    query: Object.fromEntries(searchParams),
    body: undefined,
  };
  const { io: request, sent } = io(over);
  const handler = searchParams.has("size") ? must(routes.putSignedBlob, "route") : must(routes.getSignedBlob, "route");
  const output = await handler(ctx, input as never, request);
  return { ...sent, output };
}

test("a signed URL takes an upload of exactly its content, and gives it back whole and in parts", async () => {
  const put = artifacts.signedPutUrl(digestOf("signed content"), 14);
  await expect(callSigned(put, { body: stream("other content!") })).rejects.toMatchObject({
    code: "blob.digest_mismatch",
  });
  await expect(callSigned(put.replace("size=14", "size=15"), { body: stream("signed content") })).rejects.toMatchObject(
    { code: "blob.signature_invalid" },
  );
  expect((await callSigned(put, { body: stream("signed content") })).output).toEqual({ ok: true });

  const get = artifacts.signedGetUrl(digestOf("signed content"));
  expect(await callSigned(get)).toMatchObject({
    status: 200,
    body: "signed content",
    headers: { "content-length": "14", "x-content-type-options": "nosniff" },
  });
  expect(await callSigned(get, { headers: { range: "bytes=7-9" } })).toMatchObject({
    status: 206,
    body: "con",
    headers: { "content-range": "bytes 7-9/14", "content-length": "3" },
  });
  expect(await callSigned(get, { headers: { range: "bytes=99-" } })).toMatchObject({
    status: 416,
    headers: { "content-range": "bytes */14" },
  });
  expect(await callSigned(get, { headers: { "if-none-match": `"${digestOf("signed content")}"` } })).toMatchObject({
    status: 304,
  });
});

test("a signed URL of one blob does not open another", async () => {
  await artifacts.storeBytes(ctx, "one");
  await artifacts.storeBytes(ctx, "two");
  const url = artifacts.signedGetUrl(digestOf("one")).replace(digestOf("one"), digestOf("two"));
  await expect(callSigned(url)).rejects.toMatchObject({ code: "blob.signature_invalid" });
});

test("an upload over the limit is refused, announced or not", async () => {
  const upload = (headers: Record<string, string>) =>
    must(routes.putBlob, "route")(
      ctx,
      { params: { project: "flights", digest: digestOf("y".repeat(1001)) }, query: undefined, body: undefined },
      io({ body: stream("y".repeat(1001)), headers }).io,
    );
  await expect(upload({ "content-length": "1001" })).rejects.toMatchObject({ code: "request.too_large" });
  await expect(upload({})).rejects.toMatchObject({ code: "request.too_large" });
});

test("an upload by any route is refused while the disk has less left than the reserve", async () => {
  const reserve = createDiskReserve({ folder, reserveBytes: 1000, freeBytes: async () => 999 });
  const full = artifactsRoutes({ artifacts, signingKey: "k".repeat(43), clock: systemClock, reserve });
  const before = (await objects()).length;
  const digest = digestOf("no room");
  for (const route of [full.putBlob, full.uploadData]) {
    const input = { params: { project: "flights", digest }, query: undefined, body: undefined };
    await expect(must(route, "route")(ctx, input, io({ body: stream("no room") }).io)).rejects.toMatchObject({
      code: "database.disk_full",
      status: 507,
    });
  }
  expect((await objects()).length).toBe(before);
  expect(await artifacts.missingBlobs(ctx, [digest])).toEqual([digest]);
});

test("an artifact of another project is not found, and a file is found by its path", async () => {
  await artifacts.storeBytes(ctx, "{}");
  await artifacts.storeBytes(ctx, "abc");
  const artifact = await artifacts.createArtifact(ctx, {
    projectId,
    type: "report",
    format: null,
    name: "r",
    files: [entry("report.json", "{}"), entry("a/b.csv", "abc")],
  });
  await ctx.db
    .insertInto("projects")
    .values({ id: newId(), name: "other", title: "", owner: "ops", created_by: "system" })
    .execute();
  const get = async (project: string, path?: string) => {
    const { io: request, sent } = io();
    await must(routes.getArtifactFile, "route")(
      ctx,
      { params: { project, artifact: artifact.id }, query: { path }, body: undefined },
      request,
    );
    return sent;
  };
  await expect(get("other", "report.json")).rejects.toMatchObject({ code: "artifact.not_found" });
  await expect(get("flights")).rejects.toMatchObject({
    code: "artifact.not_found",
    fix: "Name one with ?path=: a/b.csv, report.json",
  });
  await expect(get("flights", "nope")).rejects.toMatchObject({ code: "artifact.not_found" });
  expect(await get("flights", "report.json")).toMatchObject({
    status: 200,
    body: "{}",
    headers: { "content-type": "application/json", "content-security-policy": "sandbox; default-src 'none'" },
  });
});

test("an upload in parts that is given up while its end is kept stays whole", async () => {
  const store = await createFolderStore({ folder });
  const kept = Promise.withResolvers<void>();
  const direct = {
    ...{ isAdvertised: true, lifetimeSeconds: 60, getUrl: async () => "", partUrl: async () => "" },
    beginUpload: async () => "upload",
    endUpload: async (key: string) => void (await store.put(stream("in parts"), { key })),
    // the store takes its time with the parts, and meanwhile the end is through
    dropUpload: () => kept.promise,
  };
  const withParts = createArtifacts({ store: { ...store, direct }, signingKey: "k".repeat(43), clock: systemClock });
  const place = { root: "run", path: "model.bin" };
  const begun = must(await withParts.beginUpload(ctx, place, 1), "the upload");
  const givenUp = withParts.dropUpload(ctx, { ...place, id: begun.id });
  await withParts.endUpload(ctx, { ...place, id: begun.id, parts: [], maxBytes: 100 }, async () => undefined);
  kept.resolve();
  await givenUp;
  expect((await withParts.readBlob(ctx, digestOf("in parts"), 100)).toString()).toBe("in parts");
  await withParts.endUpload(ctx, { ...place, id: begun.id, parts: [], maxBytes: 100 }, async () => undefined);
});
