import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { artifactStoreSuite } from "./artifact-store.suite.ts";
import { createFolderStore } from "./folder-store.ts";

const folders: string[] = [];
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), "pave-store-"));
  folders.push(folder);
  return folder;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

artifactStoreSuite(async () => {
  const folder = await newFolder();
  return {
    store: await createFolderStore({ folder }),
    countObjects: async () =>
      (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length,
  };
});

test("what a crash left behind is swept after a day, what is being written is not", async () => {
  const folder = await newFolder();
  await createFolderStore({ folder });
  await writeFile(join(folder, "incoming", "old"), "x");
  await writeFile(join(folder, "incoming", "new"), "x");
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
  await utimes(join(folder, "incoming", "old"), twoDaysAgo, twoDaysAgo);
  await createFolderStore({ folder });
  expect(await readdir(join(folder, "incoming"))).toEqual(["new"]);
});

test("a key that would leave the folder is refused", async () => {
  const store = await createFolderStore({ folder: await newFolder() });
  await expect(store.get("../../etc/passwd")).rejects.toThrow("is no key");
});
