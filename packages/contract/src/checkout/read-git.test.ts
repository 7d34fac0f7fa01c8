import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readGit } from "./read-git.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-git-"));
});
afterEach(() => rm(folder, { recursive: true }));

const git = (...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
    encoding: "utf8",
  }).trim();
const read = () => readGit((path) => readFile(join(folder, ".git", path), "utf8").catch(() => undefined));

async function commit(): Promise<string> {
  git("init", "--quiet", "--initial-branch=feat/x");
  await writeFile(join(folder, "train.py"), "");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
  return git("rev-parse", "HEAD");
}

test("a checkout's commit, branch and remote are read of git's own files, without a password", async () => {
  const head = await commit();
  expect(await read()).toEqual({ remote: null, commit: head, branch: "feat/x", dirty: true });
  git("remote", "add", "fork", "https://git.example/fork.git");
  git("remote", "add", "origin", "https://ana:secret@git.example/wine.git");
  expect(await read()).toMatchObject({ remote: "https://git.example/wine.git" });
});

test("a commit is found where refs are packed, and where no branch is checked out", async () => {
  const head = await commit();
  git("tag", "v1");
  git("pack-refs", "--all");
  expect(await read()).toMatchObject({ commit: head, branch: "feat/x" });
  git("checkout", "--quiet", "--detach");
  expect(await read()).toMatchObject({ commit: head, branch: git("rev-parse", "--abbrev-ref", "HEAD") });
});

test("without a commit nothing is said", async () => {
  expect(await read()).toBeNull();
  git("init", "--quiet");
  expect(await read()).toBeNull();
});

test.each([
  ['[remote "origin"]\n\turl = "https://x@git.example/a;b.git" # mine\n', "https://git.example/a;b.git"],
  ['[remote "origin"] # here\n  fetch = +refs/*\n  URL=git@git.example:a.git ; there\n', "git@git.example:a.git"],
  ['[branch "main"]\n\turl = no\n[remote "originals"]\n\turl = no\n', null],
  ['[remote "origin"]\n\turl = https://ana:sec ret@no host/\n', null],
])("of the config %j the remote is %s", async (config, remote) => {
  const files: Record<string, string> = { HEAD: `${"0".repeat(40)}\n`, config };
  expect(await readGit(async (path) => files[path])).toMatchObject({ remote });
});
