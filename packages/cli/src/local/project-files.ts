import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename, join, posix, sep } from "node:path";
import { promisify } from "node:util";
import { counted, type FileEntry, type Problem } from "@pave/contract";
import { type IgnoreFile, ignoreFile, isIgnored, leftOut } from "@pave/contract/checkout";
import { CliError } from "../command.ts";

/**
 * The files of a snapshot. A project may come from anywhere, so a link in it must not send what lies elsewhere on this
 * machine to the platform: a link is followed to a file of the project itself, any other is refused. What was listed
 * may have become a link by the time it is read, so that is looked at again with the file open.
 */

const run = promisify(execFile);

/** Files of the snapshot: what git would track, or everything that .gitignore files leave, without git. */
export async function listProjectFiles(folder: string): Promise<string[]> {
  const paths = (await trackedFiles(folder)) ?? (await walk(folder, "", [leftOut()]));
  const root = await realpath(folder);
  const present: string[] = [];
  const problems: Problem[] = [];
  for (const path of [...new Set(paths)].sort()) {
    const content = await findContent(root, path);
    if (content === undefined) continue;
    if (content.refused === undefined) present.push(path);
    else if (!isOfTools(path)) problems.push({ path, message: content.refused, fix: leaveItOut });
  }
  if (problems.length > 0) throw refusedLinks(problems);
  return present;
}

const leaveItOut = "Put the file itself there, or leave the link out: name it in .gitignore, `git rm --cached` it.";

function refusedLinks(problems: readonly Problem[]): CliError {
  const [first] = problems;
  if (problems.length === 1 && first) return new CliError(`${first.path} is ${first.message}`, { fix: leaveItOut });
  return new CliError(`${counted(problems.length, "link")} cannot be followed`, {
    problems: problems.map(({ fix, ...problem }) => problem),
    fix: leaveItOut,
  });
}

/** Links that are nobody's content: the environment that `pave sync` links, and the locks of Emacs. */
const isOfTools = (path: string): boolean => path === ".venv" || basename(path).startsWith(".#");

async function trackedFiles(folder: string): Promise<string[] | undefined> {
  const listed = await run("git", ["-C", folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    maxBuffer: 64 * 2 ** 20,
  }).catch(() => undefined);
  return listed?.stdout.split("\0").filter(Boolean);
}

async function walk(root: string, folder: string, above: readonly IgnoreFile[]): Promise<string[]> {
  const own = await readFile(join(root, folder, ".gitignore"), "utf8").catch(() => undefined);
  const files = own === undefined ? above : [...above, ignoreFile(folder, own)];
  const found: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name);
    if (isIgnored(files, path, entry.isDirectory())) continue;
    if (entry.isDirectory()) found.push(...(await walk(root, path, files)));
    else if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
  }
  return found;
}

type Content = { readonly real: string; readonly refused?: never } | { readonly refused: string };

/** Where the content of a listed path lies; undefined where there is none, as of a file removed or a submodule. */
async function findContent(root: string, path: string): Promise<Content | undefined> {
  const named = join(root, path);
  const target = await readlink(named).catch(() => undefined);
  const real = await realpath(named).catch(() => undefined);
  if (real === undefined)
    return target === undefined ? undefined : { refused: `a link to ${target}, which is not there` };
  if (!real.startsWith(root + sep)) return { refused: `a link to ${real}, outside of the project` };
  if (real.startsWith(join(root, ".git") + sep)) return { refused: `a link to ${real}, which is git's own` };
  const found = await lstat(real);
  if (found.isFile()) return { real };
  return target === undefined ? undefined : { refused: `a link to ${real}, which is no file` };
}

/** Opens a file of the snapshot for reading. Throws when it is, or has become, something that is not to be read. */
export async function openProjectFile(folder: string, path: string): Promise<FileHandle> {
  const root = await realpath(folder);
  const content = await findContent(root, path);
  if (content?.refused !== undefined) throw refusedLinks([{ path, message: content.refused }]);
  const file = content && (await open(content.real, readOnly).catch(() => undefined));
  if (file && (await isStill(file, root, path, content.real))) return file;
  await file?.close();
  throw new CliError(`${path} was changed while it was read`, {
    fix: "Leave the folder alone for a moment and push again.",
  });
}

const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function isStill(file: FileHandle, root: string, path: string, real: string): Promise<boolean> {
  const opened = await file.stat();
  const again = await findContent(root, path);
  if (again?.refused !== undefined || again?.real !== real) return false;
  const now = await lstat(real).catch(() => undefined);
  return opened.isFile() && now?.ino === opened.ino && now.dev === opened.dev;
}

export async function hashFiles(folder: string, paths: readonly string[]): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for (const path of paths) {
    const file = await openProjectFile(folder, path);
    const { size, mode } = await file.stat();
    entries.push({ path, digest: await hashFile(file), size, executable: (mode & 0o111) !== 0 });
  }
  return entries;
}

/** Closes the file. */
export async function hashFile(file: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of file.createReadStream()) hash.update(chunk as Buffer);
  return `sha256:${hash.digest("hex")}`;
}
