import type { FileEntry } from "@pave/contract";
import { digestOf } from "../../kernel/ids.ts";
import { canonicalJson } from "../../kernel/json.ts";

/** A set of files by path: what a revision, an artifact, a component's code and a rendering have in common. */
export interface FileTree {
  /** Sorted by path. */
  readonly files: readonly FileEntry[];
  readonly bytes: number;
  readonly digest: string;
  /** Canonical JSON of `files`; its SHA-256 is `digest`, so a manifest stored as a blob is found by the tree's digest. */
  readonly manifest: string;
}

export function fileTreeOf(entries: readonly FileEntry[]): FileTree {
  const files = entries
    .map(({ path, digest, size, executable }) => ({ path, digest, size, executable }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const manifest = canonicalJson(files);
  return { files, bytes: files.reduce((sum, file) => sum + file.size, 0), digest: digestOf(manifest), manifest };
}

/**
 * Why these paths cannot be written into a folder, one sentence each. Paths come from clients and from steps, and are
 * written to disk by others: they stay below their folder on every system.
 */
export function pathProblems(paths: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const folders = new Set(paths.flatMap(foldersAbove));
  return paths.flatMap((path) => {
    const problem = problemOf(path, seen.has(path), folders.has(path));
    seen.add(path);
    return problem === undefined ? [] : [`${JSON.stringify(path)} ${problem}`];
  });
}

function problemOf(path: string, isDouble: boolean, isFolder: boolean): string | undefined {
  if (path === "") return "is empty";
  if (path.includes("\0")) return "contains a NUL character";
  if (path.includes("\\")) return "contains a backslash; use / between folders";
  if (path.startsWith("/") || /^[a-zA-Z]:/.test(path)) return "is absolute; use a path within the folder";
  const parts = path.split("/");
  if (parts.some((part) => part === "..")) return "leaves its folder with `..`";
  if (parts.some((part) => part === "." || part === "")) return "has an empty part or `.`; write it plainly";
  if (parts.some((part) => Buffer.byteLength(part) > 255)) return "has a name of more than 255 bytes";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) return "contains a control character";
  if (isDouble) return "is there twice";
  if (isFolder) return "is a file and a folder at once";
  return undefined;
}

/** Paths that are one file where upper and lower case are the same (macOS, Windows), in groups. */
export function caseCollisions(paths: readonly string[]): readonly (readonly string[])[] {
  const groups = Map.groupBy(paths, (path) => path.normalize("NFC").toLowerCase());
  return [...groups.values()].filter((group) => group.length > 1);
}

const foldersAbove = (path: string): readonly string[] => {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
};
