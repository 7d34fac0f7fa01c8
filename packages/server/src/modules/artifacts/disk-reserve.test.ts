import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDiskReserve } from "./disk-reserve.ts";
import { createFolderStore } from "./stores/folder-store.ts";

const mebibyte = 2 ** 20;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-reserve-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const filesBelow = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;

/** Uploads to a folder store; `free` tells what is left once so many bytes have been read. */
async function upload(bytes: number, free: (read: number) => number, expectedBytes = bytes) {
  let read = 0;
  const source = async function* () {
    for (let left = bytes; left > 0; left -= mebibyte) {
      read += mebibyte;
      yield Buffer.alloc(mebibyte);
    }
  };
  const reserve = createDiskReserve({ folder, reserveBytes: 100 * mebibyte, freeBytes: async () => free(read) });
  const store = await createFolderStore({ folder });
  const result = await store.put(reserve.guard(source(), expectedBytes)).catch((error: unknown) => error);
  return { result, read };
}

test("an upload that leaves the reserve free is stored", async () => {
  const { result } = await upload(40 * mebibyte, () => 140 * mebibyte);
  expect(result).toEqual(expect.any(String));
  expect(await filesBelow()).toBe(1);
});

test("an upload that is announced to take from the reserve is refused before its first byte", async () => {
  const { result, read } = await upload(41 * mebibyte, () => 140 * mebibyte);
  expect(result).toMatchObject({
    code: "database.disk_full",
    message: `The artifact folder ${folder} has 140 MiB of disk space left for an upload of 41 MiB, and 100 MiB are to stay free`,
    fix: expect.stringContaining("PAVE_DISK_RESERVE"),
  });
  expect(read).toBe(0);
  expect(await filesBelow()).toBe(0);
});

test("an upload during which the disk fills up is broken off, and leaves nothing behind", async () => {
  const { result, read } = await upload(200 * mebibyte, (read) => 130 * mebibyte - read, 0);
  expect(result).toMatchObject({
    code: "database.disk_full",
    message: `The artifact folder ${folder} has 98 MiB of disk space left, and 100 MiB are to stay free`,
  });
  expect(read).toBeLessThan(200 * mebibyte);
  expect(await filesBelow()).toBe(0);
});

test("where nobody can tell what is free, uploads go on", async () => {
  const reserve = createDiskReserve({ folder, reserveBytes: 1, freeBytes: async () => undefined });
  const store = await createFolderStore({ folder });
  const bytes = async function* () {
    yield Buffer.from("a");
  };
  expect(await store.put(reserve.guard(bytes(), 1))).toEqual(expect.any(String));
});

test("a real disk tells what it has left", async () => {
  const bytes = async function* () {
    yield Buffer.from("a");
  };
  const store = await createFolderStore({ folder });
  const stingy = createDiskReserve({ folder, reserveBytes: Number.MAX_SAFE_INTEGER });
  await expect(store.put(stingy.guard(bytes(), 1))).rejects.toMatchObject({ code: "database.disk_full" });
  expect(await store.put(createDiskReserve({ folder, reserveBytes: 0 }).guard(bytes(), 1))).toEqual(expect.any(String));
});
