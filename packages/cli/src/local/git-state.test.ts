import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gitState } from "./git-state.ts";

let base: string;
let folder: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "pave git "));
  folder = join(base, "my project");
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", join(base, "remote.git")]);
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", folder]);
});
afterEach(() => rm(base, { recursive: true }));

const git = (...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
    encoding: "utf8",
  }).trim();

async function commit(text: string): Promise<string> {
  await writeFile(join(folder, "train.py"), text);
  git("add", "--all");
  git("commit", "--quiet", "-m", text);
  return git("rev-parse", "HEAD");
}

test("what git knows goes along, without a password", async () => {
  expect(await gitState(folder, {})).toBeNull();
  await commit("print()\n");
  git("remote", "add", "origin", "https://me:secret@example.org/late.git");
  expect(await gitState(folder, {})).toMatchObject({
    branch: "main",
    dirty: false,
    pushed: false,
    remote: "https://example.org/late.git",
  });
  await writeFile(join(folder, "train.py"), "print(1)\n");
  expect(await gitState(folder, {})).toMatchObject({ dirty: true, diff: expect.stringContaining("+print(1)") });
});

test("a commit is pushed once the remote has it, and the next one is not", async () => {
  await commit("print()\n");
  git("remote", "add", "origin", join(base, "remote.git"));
  git("push", "--quiet", "origin", "main");
  expect(await gitState(folder, {})).toMatchObject({ pushed: true });
  await commit("print(2)\n");
  expect(await gitState(folder, {})).toMatchObject({ pushed: false });
});

test.each([
  ["GitHub", "GITHUB_SHA", { GITHUB_REF_NAME: "main" }, "main"],
  ["GitHub, for a pull request", "GITHUB_SHA", { GITHUB_REF_NAME: "12/merge", GITHUB_HEAD_REF: "main" }, "12/merge"],
  ["GitLab", "CI_COMMIT_SHA", { CI_COMMIT_BRANCH: "main", CI_COMMIT_REF_NAME: "main" }, "main"],
  [
    "GitLab, for a merge request",
    "CI_COMMIT_SHA",
    { CI_COMMIT_REF_NAME: "main", CI_MERGE_REQUEST_REF_PATH: "refs/merge-requests/3/head" },
    "refs/merge-requests/3/head",
  ],
])("in CI of %s the environment tells the branch of what was checked out", async (_, variable, env, branch) => {
  const sha = await commit("print()\n");
  git("checkout", "--quiet", "--detach");
  expect(await gitState(folder, { ...env, [variable]: sha })).toMatchObject({ branch, pushed: true });
  expect(await gitState(folder, { ...env, [variable]: "0".repeat(40) })).toMatchObject({
    branch: "HEAD",
    pushed: false,
  });
});
