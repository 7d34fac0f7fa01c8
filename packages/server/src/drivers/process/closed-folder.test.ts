import { chmod, chown, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isClosedFolder, makeClosedFolder } from "./closed-folder.ts";

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "pave-closed-"));
  folder = join(parent, "closed");
});
afterEach(() => rm(parent, { recursive: true }));

test("it is made, and found again", async () => {
  expect(await isClosedFolder(folder)).toBe(false);
  expect(await makeClosedFolder(folder)).toBe(true);
  expect((await lstat(folder)).mode & 0o777).toBe(0o700);
  expect(await makeClosedFolder(folder)).toBe(true);
  expect(await isClosedFolder(folder)).toBe(true);
});

test("our own that is open gets closed", async () => {
  await mkdir(folder);
  await chmod(folder, 0o777);
  expect(await isClosedFolder(folder)).toBe(false);
  expect(await makeClosedFolder(folder)).toBe(true);
  expect(await isClosedFolder(folder)).toBe(true);
});

test("a link is refused, also to a folder of ours", async () => {
  await mkdir(join(parent, "other"), { mode: 0o700 });
  await symlink(join(parent, "other"), folder);
  expect(await makeClosedFolder(folder)).toBe(false);
  expect(await isClosedFolder(folder)).toBe(false);
});

test("a file is refused", async () => {
  await writeFile(folder, "");
  expect(await makeClosedFolder(folder)).toBe(false);
});

test.runIf(process.getuid?.() === 0)("a folder of somebody else is refused", async () => {
  await mkdir(folder, { mode: 0o700 });
  await chown(folder, 65_534, 65_534);
  expect(await makeClosedFolder(folder)).toBe(false);
  expect(await isClosedFolder(folder)).toBe(false);
  expect(await makeClosedFolder(folder, { uid: 65_534, gid: 65_534 })).toBe(true);
});
