import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readGitIndex } from "./read-git-index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-index-"));
});
afterEach(() => rm(folder, { recursive: true }));

const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" });
const index = async () => new Uint8Array(await readFile(join(folder, ".git", "index")));

async function addFiles(format: "sha1" | "sha256"): Promise<void> {
  git("init", "--quiet", `--object-format=${format}`);
  await mkdir(join(folder, "steps"));
  // names of every length modulo eight, and one that is no ASCII
  for (let length = 1; length <= 17; length += 1) await writeFile(join(folder, "a".repeat(length)), "");
  await writeFile(join(folder, "steps", "ä b.sh"), "", { mode: 0o755 });
  git("add", "--all");
  git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(format === "sha1" ? 40 : 64)},sub`);
}

/** As git itself tells it. */
const listed = () =>
  git("ls-files", "--stage", "-z")
    .split("\0")
    .filter(Boolean)
    .map((line) => ({ mode: line.slice(0, 6), path: line.split("\t")[1] ?? "" }))
    .filter(({ mode }) => mode !== "160000")
    .map(({ mode, path }) => [path, { executable: mode === "100755" }]);

test.each([
  ["sha1", 20],
  ["sha256", 32],
] as const)("of an index with digests of %s it says what git says", async (format, digestBytes) => {
  await addFiles(format);
  expect([...(readGitIndex(await index(), digestBytes) ?? [])]).toEqual(listed());
  git("add", "--intent-to-add", ".");
  await writeFile(join(folder, "later"), "");
  git("add", "--intent-to-add", "later");
  expect([...(readGitIndex(await index(), digestBytes) ?? [])]).toEqual(listed());
});

test("what it cannot read says nothing", async () => {
  await addFiles("sha1");
  const bytes = await index();
  for (const length of [0, 5, 12, 40, 100]) expect(readGitIndex(bytes.slice(0, length))).toBeNull();
  git("update-index", "--index-version", "4");
  expect(readGitIndex(await index())).toBeNull();
});
