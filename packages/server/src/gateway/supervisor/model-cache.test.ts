import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeApi, fixtureFolder, releaseOf } from "../testing/fake-api.ts";
import { ApiClient } from "./api-client.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { ModelCache } from "./model-cache.ts";

let api: FakeApi;
const { signal } = new AbortController();
const { files } = releaseOf("late-1", "1");
let root: string;
let folder: DataFolder;
const newCache = () => new ModelCache(folder, new ApiClient({ apiUrl: api.url, token: "gateway-token" }));

beforeEach(async () => {
  api = new FakeApi();
  await api.start();
  root = await mkdtemp(join(tmpdir(), "pave-cache-"));
  folder = await openDataFolder(root);
});
afterEach(async () => {
  await api.stop();
  await rm(root, { recursive: true });
});

test("files are fetched once, and found again with the api gone", async () => {
  const model = await newCache().materialise(files, signal);
  expect((await readdir(model)).sort()).toEqual(files.map(({ path }) => path).sort());
  await api.stop();
  expect(await newCache().materialise(files, signal)).toBe(model);
});

test("bytes that rotted on disk are fetched again", async () => {
  const model = await newCache().materialise(files, signal);
  await writeFile(join(model, "model.onnx"), "rot");
  expect(await newCache().materialise(files, signal)).toBe(model);
  expect(await readFile(join(model, "model.onnx"))).toEqual(
    await readFile(join(fixtureFolder("late-1"), "model.onnx")),
  );
});

test("what is not what the digest says is never used", async () => {
  const wrong = files.map((file) => (file.path === "MLmodel" ? { ...file, digest: `sha256:${"0".repeat(64)}` } : file));
  await expect(newCache().materialise(wrong, signal)).rejects.toThrow(
    /^MLmodel: expected sha256:0000.*, found sha256:/,
  );
  const short = files.map((file) => (file.path === "MLmodel" ? { ...file, size: 3 } : file));
  await expect(newCache().materialise(short, signal)).rejects.toThrow("MLmodel: expected 3 bytes, found more");
  expect(await readdir(folder.models)).toEqual([]);
  expect((await readdir(folder.blobs)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("a refused URL says so, a dead api too", async () => {
  const refused = files.map((file) => ({ ...file, url: file.url.replace("good", "old") }));
  await expect(newCache().materialise(refused, signal)).rejects.toMatchObject({
    isRefused: true,
    message: expect.stringContaining("answered 403"),
  });
  await api.stop();
  await expect(newCache().materialise(files, signal)).rejects.toMatchObject({
    isRefused: false,
    message: expect.stringContaining("ECONNREFUSED"),
  });
});

test("the sweep removes what nobody needs, an hour later", async () => {
  const cache = newCache();
  const model = await cache.materialise(files, signal);
  const other = await cache.materialise(releaseOf("price", "1").files, signal);
  await mkdir(join(folder.models, "draft.tmp"));
  await utimes(join(folder.models, "draft.tmp"), 0, 0);

  await cache.sweep([{ files }], Date.now());
  expect(await readdir(folder.models)).toHaveLength(3);
  await cache.sweep([{ files }], Date.now() + 3_700_000);
  expect(await readdir(folder.models)).toEqual([model.split("/").at(-1)]);
  expect(await readdir(folder.blobs)).toHaveLength(new Set(files.map(({ digest }) => digest)).size);
  expect(await cache.materialise(releaseOf("price", "1").files, signal)).toBe(other);
});
