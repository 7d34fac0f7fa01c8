import { mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prepareDataFolder, withDataFolder } from "./data-folder.ts";

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "pave-data-"));
});
afterEach(() => rm(base, { recursive: true }));

const unusable = (folder: string, reason: string) => ({
  code: "database.data_folder_unusable",
  message: `data folder ${folder} cannot be written: ${reason}`,
  fix: "Choose another with PAVE_HOME",
});

test("a folder is made for its owner alone, and nothing is left of the try", async () => {
  const folder = join(base, "a", "b");
  await prepareDataFolder(folder);
  await prepareDataFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await readdir(folder)).toEqual([]);
});

test("a file, and one on the way, are told in one message", async () => {
  const file = join(base, "file");
  await writeFile(file, "");
  await expect(prepareDataFolder(file)).rejects.toMatchObject(unusable(file, "it is a file"));
  await expect(prepareDataFolder(join(file, "x"))).rejects.toMatchObject(
    unusable(join(file, "x"), "it, or a folder above, is a file"),
  );
});

test("what fails later for the folder's sake is told so, everything else as it was", async () => {
  await mkdir(join(base, "cli.json"));
  const open_ = (path: string) => withDataFolder(base, () => open(path, "wx"));
  await expect(open_(join(base, "cli.json"))).rejects.toMatchObject({ code: "database.data_folder_unusable" });
  await expect(open_(join(base, "no", "folder"))).rejects.toMatchObject({ code: "ENOENT" });
  await expect(open_(tmpdir())).rejects.toMatchObject({ code: "EEXIST" });
});
