import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { GitState } from "@pave/contract/checkout";
import { shownRemote } from "@pave/contract/checkout";
import { environment } from "../environment.ts";

const run = promisify(execFile);

/** What git says of a folder: which commit, on which branch, with which changes, and whether the remote has it. */
export async function gitState(folder: string, env: Environment = environment()): Promise<GitState | null> {
  const git = async (...args: string[]) =>
    (await run("git", ["-C", folder, ...args], { maxBuffer: 8 * 2 ** 20 }).catch(() => ({ stdout: "" }))).stdout.trim();
  const commit = await git("rev-parse", "HEAD");
  if (!commit) return null;
  const diff = await git("diff", "HEAD");
  const dirty = (await git("status", "--porcelain")) !== "";
  const checkedOut = inCi(env, commit);
  const onRemote = async () => (await git("for-each-ref", "--contains", "HEAD", "--count=1", "refs/remotes")) !== "";
  return {
    remote: shownRemote(await git("remote", "get-url", "origin")),
    commit,
    branch: checkedOut?.branch || (await git("rev-parse", "--abbrev-ref", "HEAD")) || null,
    dirty,
    pushed: checkedOut !== undefined || (await onRemote()),
    ...(dirty && diff.length < 900_000 ? { diff } : {}),
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * CI checks out a commit and no branch, and tells the branch in the environment. The commit of a job came from the host
 * of the repository; a pull request's is on no branch of it (GITHUB_REF_NAME is then `12/merge`, GitLab sets no
 * CI_COMMIT_BRANCH), so that nobody's branch called main is taken for the repository's.
 */
function inCi(env: Environment, commit: string): { readonly branch: string } | undefined {
  if (env.GITHUB_SHA === commit) return { branch: env.GITHUB_REF_NAME ?? "" };
  if (env.CI_COMMIT_SHA === commit) return { branch: env.CI_COMMIT_BRANCH ?? env.CI_MERGE_REQUEST_REF_PATH ?? "" };
  return undefined;
}
