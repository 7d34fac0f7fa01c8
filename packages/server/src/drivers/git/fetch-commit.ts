/*
 * Brings one commit of somebody's repository here, as files to be read. The repository is hostile: nothing of it is
 * checked out or executed, so that neither hooks, filters, links nor submodules mean anything.
 *
 *   - a bare repository in a folder of its own, one commit deep; objects are checked as they come
 *   - only https, or http where the caller allows it; no redirects, no prompts, no configuration of the machine's
 *   - the connection goes to the address that the caller has looked at, not to what the name means a moment later
 *   - the token is in the environment of git alone, never in an argument that others could see
 *   - as root, git runs as nobody
 */
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PaveError } from "../../kernel/pave-error.ts";
import { isRoot } from "../process/process-life.ts";
import { readObject } from "./read-object.ts";
import { type GitProcess, runGit, tooLarge } from "./run-git.ts";

export interface FetchOptions {
  readonly url: string;
  readonly commit: string;
  /** Where the commit is looked for when the host gives no commits by name. */
  readonly branch: string;
  /** Of the URL's host, looked at before. */
  readonly address: string;
  /** Header that signs in, such as `Authorization: Basic …`. */
  readonly header: string | null;
  readonly allowHttp: boolean;
  readonly timeoutMs: number;
  /** Bytes on disk at which the fetch is stopped. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface CommitFile {
  readonly path: string;
  readonly size: number;
  readonly executable: boolean;
  readonly object: string;
}

export interface FetchedCommit {
  /** Below the folder ("" for the root), with their paths from there. Links and submodules are not among them. */
  files(folder: string): Promise<CommitFile[]>;
  read(file: CommitFile): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const nobody = 65_534;

/** Throws `repository.unreachable` with git's own words, and `repository.commit_gone` where a later push has replaced the commit. */
export async function fetchCommit(options: FetchOptions): Promise<FetchedCommit> {
  const folder = await mkdtemp(join(tmpdir(), "pave-git-"));
  if (isRoot()) await chown(folder, nobody, nobody);
  const git: GitProcess = {
    folder,
    environment: environmentOf(options, folder),
    user: isRoot() ? { uid: nobody, gid: nobody } : {},
    timeoutMs: options.timeoutMs,
    maxBytes: options.maxBytes,
    ...(options.signal ? { signal: options.signal } : {}),
  };
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    await runGit(git, ["init", "--quiet", "--bare", "."]);
    await fetchInto(git, options);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async files(below) {
      const files = await listFiles(git, options.commit, below);
      // packed, they may be a thousandth of it
      if (files.reduce((sum, { size }) => sum + size, 0) > options.maxBytes) throw tooLarge(options.maxBytes);
      return files;
    },
    read: (file) => readObject(git, file.object),
    close,
  };
}

/** Hosts give a commit by its name; where one does not, the branch's tip is taken if it is that commit. */
async function fetchInto(git: GitProcess, { url, commit, branch }: FetchOptions): Promise<void> {
  const fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", url];
  const byName = await runGit(git, [...fetch, commit]).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (byName === undefined) return;
  if (!(byName instanceof PaveError) || !/not our ref|unadvertised object|no such ref/i.test(byName.message))
    throw byName;
  await runGit(git, [...fetch, `+refs/heads/${branch}:refs/heads/fetched`]);
  const tip = (await runGit(git, ["rev-parse", "refs/heads/fetched"])).trim();
  if (tip === commit) return;
  throw new PaveError("repository.commit_gone", `${branch} is at ${tip.slice(0, 12)} by now, which came later`, {
    fix: "Nothing is to be done: the later push is handled by itself.",
  });
}

/** `<mode> blob <object> <size>\t<path>`, NUL between them. */
async function listFiles(git: GitProcess, commit: string, folder: string): Promise<CommitFile[]> {
  const tree = folder === "" ? commit : `${commit}:${folder}`;
  const text = await runGit(git, ["ls-tree", "-r", "-z", "--long", "--full-tree", tree]).catch((error: unknown) => {
    if (folder === "") throw error;
    throw new PaveError("repository.invalid", `Commit ${commit.slice(0, 12)} has no folder ${folder}`, {
      fix: "Correct the folder: `pave repositories connect … --folder PATH`.",
    });
  });
  return text
    .split("\0")
    .filter(Boolean)
    .flatMap((line): CommitFile[] => {
      const tab = line.indexOf("\t");
      const [mode = "", type, object = "", size] = line.slice(0, tab).split(/ +/);
      if (type !== "blob" || !["100644", "100755"].includes(mode)) return [];
      return [{ path: line.slice(tab + 1), size: Number(size), executable: mode === "100755", object }];
    });
}

/** Where git is on Linux and macOS; nothing of the server's own environment goes along. */
const programFolders = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin";

/** Git reads settings from these; what stands here is all that it knows. */
function environmentOf(options: FetchOptions, home: string): Record<string, string> {
  const { hostname, port, protocol } = new URL(options.url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const settings: [string, string][] = [
    ["protocol.allow", "never"],
    ["protocol.https.allow", "always"],
    ["protocol.http.allow", options.allowHttp ? "always" : "never"],
    ["http.followRedirects", "false"],
    ["http.curloptResolve", `${host}:${port || (protocol === "https:" ? 443 : 80)}:${options.address}`],
    ["http.lowSpeedLimit", "1000"],
    ["http.lowSpeedTime", "30"],
    ["credential.helper", ""],
    ["core.hooksPath", "/dev/null"],
    ["core.fsmonitor", "false"],
    ["fetch.fsckObjects", "true"],
    ["gc.auto", "0"],
    ...(options.header === null ? [] : ([["http.extraHeader", options.header]] satisfies [string, string][])),
  ];
  return {
    PATH: programFolders,
    HOME: home,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "/bin/true",
    GIT_PROTOCOL_FROM_USER: "0",
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
