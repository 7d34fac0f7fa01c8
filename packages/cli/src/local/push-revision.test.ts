import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client, FileEntry } from "@pave/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createOutput } from "../output.ts";
import { pushRevision, validateFolder } from "./push-revision.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-push-"));
  await writeFile(join(folder, "pave.yaml"), "name: late\n");
  await writeFile(join(folder, "a.txt"), "a\n");
  await writeFile(join(folder, "same.txt"), "a\n");
});
afterEach(() => rm(folder, { recursive: true }));

let secret: string;
beforeEach(async () => {
  secret = `${folder}-secret`;
  await writeFile(secret, "secret\n");
});
afterEach(() => rm(secret));

/** A platform that keeps blobs and gives a revision once it has all of them. */
function platform(options: { loses?: boolean; onPush?: () => Promise<void> } = {}) {
  const blobs = new Map<string, string>();
  const pushes: FileEntry[][] = [];
  const client = {
    async pushRevision({ body }: { body: { files: FileEntry[] } }) {
      pushes.push(body.files);
      await options.onPush?.();
      const missing = [...new Set(body.files.map((file) => file.digest))].filter((digest) => !blobs.has(digest));
      return { revision: missing.length === 0 ? { id: "r1", number: 1 } : null, missing, warnings: [] };
    },
    async validateFiles({ body }: { body: { files: FileEntry[] } }) {
      const missing = [...new Set(body.files.map((file) => file.digest))].filter((digest) => !blobs.has(digest));
      return { missing, validation: missing.length === 0 ? { ok: true, problems: [], warnings: [] } : null };
    },
    async putBlob({ params }: { params: { digest: string } }, { bytes }: { bytes: ReadableStream }) {
      const text = await new Response(bytes).text();
      if (!options.loses) blobs.set(params.digest, text);
    },
  } as unknown as Client;
  return { client, blobs, pushes };
}
const output = createOutput({ json: true, quiet: false });

test("uploads what is missing, each content once, and then nothing any more", async () => {
  const { client, blobs, pushes } = platform();
  expect(await pushRevision(client, { project: "late", folder, output })).toMatchObject({ number: 1 });
  expect([...blobs.values()].sort()).toEqual(["a\n", "name: late\n"]);
  expect(pushes.map((files) => files.map((file) => file.path))).toEqual([
    ["a.txt", "pave.yaml", "same.txt"],
    ["a.txt", "pave.yaml", "same.txt"],
  ]);
  await pushRevision(client, { project: "late", folder, output });
  expect(pushes.length).toBe(3);
});

test("a folder is checked without being pushed", async () => {
  const { client, blobs, pushes } = platform();
  expect(await validateFolder(client, { project: "late", folder, output })).toMatchObject({ ok: true });
  expect([blobs.size, pushes]).toEqual([2, []]);
});

test("an upload that never arrives is told, not tried forever", async () => {
  const { client, pushes } = platform({ loses: true });
  await expect(pushRevision(client, { project: "late", folder, output })).rejects.toThrow("still lacks files");
  expect(pushes.length).toBe(2);
});

test.each<[string, () => Promise<void>]>([
  [
    "a file",
    async () => {
      await rm(join(folder, "data/b.txt"));
      await symlink(secret, join(folder, "data/b.txt"));
    },
  ],
  [
    "its folder",
    async () => {
      await mkdir(join(`${folder}-elsewhere`), { recursive: true });
      await rename(secret, join(`${folder}-elsewhere`, "b.txt"));
      await writeFile(secret, "");
      await rm(join(folder, "data"), { recursive: true });
      await symlink(`${folder}-elsewhere`, join(folder, "data"));
    },
  ],
])("%s that became a link to outside between hashing and uploading is not uploaded", async (_, swap) => {
  await mkdir(join(folder, "data"));
  await writeFile(join(folder, "data/b.txt"), "b\n");
  const { client, blobs } = platform({ onPush: swap });
  await expect(pushRevision(client, { project: "late", folder, output })).rejects.toThrow(/, outside of the project$/);
  expect([...blobs.values()]).not.toContain("secret\n");
  await rm(`${folder}-elsewhere`, { recursive: true, force: true });
});
