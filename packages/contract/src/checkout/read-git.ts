import type { Revision } from "../resources/projects.ts";
import { shownRemote } from "./shown-remote.ts";

export type GitState = NonNullable<Revision["git"]>;

/**
 * What git's own files say: `read` gives one of `.git`, undefined where it is not there. Null where no commit can be
 * told, as in a worktree, whose `.git` points elsewhere. Whether something has changed since that commit takes git
 * itself; as it is not known, it is never said that nothing has.
 */
export async function readGit(read: (path: string) => Promise<string | undefined>): Promise<GitState | null> {
  const head = (await read("HEAD"))?.trim() ?? "";
  const reference = /^ref: (refs\/\S+)$/.exec(head)?.[1];
  const commit = reference === undefined ? head : await commitOf(reference, read);
  if (commit === undefined || !isCommit(commit)) return null;
  const remote = originIn((await read("config")) ?? "");
  return {
    remote: remote === undefined ? null : shownRemote(remote),
    commit,
    // what `git rev-parse --abbrev-ref HEAD` says of it
    branch: reference?.replace(/^refs\/heads\//, "") ?? "HEAD",
    dirty: true,
  };
}

async function commitOf(reference: string, read: (path: string) => Promise<string | undefined>) {
  const loose = (await read(reference))?.trim();
  if (loose !== undefined) return loose;
  const packed = (await read("packed-refs")) ?? "";
  for (const line of packed.split("\n")) {
    const [commit, name] = line.trim().split(" ");
    if (name === reference) return commit;
  }
  return undefined;
}

const isCommit = (text: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

/** The first `url` of the remote `origin`. */
function originIn(config: string): string | undefined {
  let isOrigin = false;
  for (const line of config.split("\n").map((line) => line.trim())) {
    if (line.startsWith("[")) isOrigin = /^\[remote\s+"origin"\]/i.test(line);
    const value = isOrigin ? /^url\s*=\s*(.+)$/i.exec(line)?.[1] : undefined;
    if (value !== undefined) return readValue(value);
  }
  return undefined;
}

/** A value as git's config writes it: quotes hold it together, a comment may follow. */
const readValue = (text: string): string => {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  return quoted === undefined ? text.replace(/\s*[#;].*$/, "").trim() : quoted.replace(/\\(.)/g, "$1");
};
