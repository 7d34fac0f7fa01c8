import { counted } from "@pave/contract";
import {
  type FolderView,
  type GitState,
  type IgnoreFile,
  ignoreFile,
  isIgnored,
  isNeverSent,
  leftOut,
  readGit,
  readGitIndex,
  type Tracked,
} from "@pave/contract/checkout";
import { BrowserError } from "../../lib/browser-error.ts";
import { bytes, count } from "../../lib/format.ts";

/** A file of a chosen folder; the path is from that folder. */
export interface ChosenFile {
  readonly path: string;
  readonly file: File;
}

/** What of a chosen folder would be sent, and what is known of it. Nothing has been sent. */
export interface Checkout {
  /** The folder's name. */
  readonly folder: string;
  /** By path. */
  readonly files: readonly (ChosenFile & Tracked)[];
  readonly bytes: number;
  /** How many files a `.gitignore` keeps out; what is never sent is not counted. */
  readonly ignored: number;
  readonly git: GitState | null;
}

/** A browser holds a file in memory to hash it, and people wait: what is larger is sent by `pave push`. */
const checkoutLimits = { files: 5000, bytes: 2 ** 30, fileBytes: 256 * 2 ** 20 };

/** Throws where the folder is too large for a browser. */
export async function readCheckout(
  folder: string,
  chosen: readonly ChosenFile[],
  limits = checkoutLimits,
): Promise<Checkout> {
  const ofGit = new Map(chosen.filter(({ path }) => path.startsWith(".git/")).map(({ path, file }) => [path, file]));
  const git = await readGit(async (path) => ofGit.get(`.git/${path}`)?.text());
  const index = await ofGit.get(".git/index")?.arrayBuffer();
  const tracked = index && readGitIndex(new Uint8Array(index), git?.commit?.length === 64 ? 32 : 20);
  const listed = await withoutIgnored(chosen, tracked ?? new Map());
  const files = listed.map((one) => ({ ...one, executable: tracked?.get(one.path)?.executable ?? false }));
  const sum = files.reduce((total, { file }) => total + file.size, 0);
  refuseTooMuch(files, sum, limits);
  return { folder, files, bytes: sum, ignored: sendable(chosen) - sendable(files), git };
}

const sendable = (files: readonly ChosenFile[]): number => files.filter(({ path }) => !isNeverSent(path)).length;

/** As `git ls-files --cached --others --exclude-standard`: what git tracks is sent though a `.gitignore` names it. */
async function withoutIgnored(
  chosen: readonly ChosenFile[],
  tracked: ReadonlyMap<string, Tracked>,
): Promise<ChosenFile[]> {
  const byPath = new Map(chosen.map((one) => [one.path, one]));
  const isRepository = (folder: string) => byPath.has(`${folder}.git`) || byPath.has(`${folder}.git/HEAD`);
  const known = new Map<string, Promise<readonly IgnoreFile[] | null>>();
  /** Those that are about what is in a folder; null where it is left out as a whole. */
  const rulesIn = (folder: string): Promise<readonly IgnoreFile[] | null> => {
    const rules = known.get(folder) ?? readRules(folder);
    known.set(folder, rules);
    return rules;
  };
  const readRules = async (folder: string) => {
    const above =
      folder === "" ? [leftOut(), ...(await rulesAt(".git/info/exclude", ""))] : await rulesIn(parentOf(folder));
    if (above === null || (folder !== "" && isIgnored(above, folder, true))) return null;
    // a repository in a repository is none of its files
    if (folder !== "" && isRepository("") && isRepository(`${folder}/`)) return null;
    return [...above, ...(await rulesAt(folder === "" ? ".gitignore" : `${folder}/.gitignore`, folder))];
  };
  const rulesAt = async (path: string, folder: string): Promise<IgnoreFile[]> => {
    const text = await byPath.get(path)?.file.text();
    return text === undefined ? [] : [ignoreFile(folder, text)];
  };
  const kept: ChosenFile[] = [];
  for (const one of chosen) {
    const rules = await rulesIn(parentOf(one.path));
    if (tracked.has(one.path) || (rules !== null && !isIgnored(rules, one.path, false))) kept.push(one);
  }
  return kept.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

function refuseTooMuch(files: readonly ChosenFile[], sum: number, limits: typeof checkoutLimits): void {
  const [largest] = bySize(files);
  if (largest === undefined)
    throw new BrowserError("The folder has no files that would be sent", {
      fix: "Choose the folder of a checkout; what its .gitignore names stays out.",
    });
  const fix = (what: string) =>
    `${what}: name what need not be kept in .gitignore and choose the folder again, or send it with \`pave init\` and \`pave push\`.`;
  if (files.length > limits.files)
    throw new BrowserError(
      `The folder has ${count(files.length)} files that would be sent, a browser sends at most ${count(limits.files)}`,
      { fix: fix(`The most are in ${fullest(files)}`) },
    );
  const about = `The largest file is ${largest.path} with ${bytes(largest.file.size)}`;
  if (largest.file.size > limits.fileBytes)
    throw new BrowserError(`${largest.path} has ${bytes(largest.file.size)}`, {
      fix: fix(`A browser sends files of at most ${bytes(limits.fileBytes)}`),
    });
  if (sum > limits.bytes)
    throw new BrowserError(
      `The folder has ${bytes(sum)} that would be sent, a browser sends at most ${bytes(limits.bytes)}`,
      { fix: fix(about) },
    );
}

/** The largest first. */
export const bySize = (files: readonly ChosenFile[]): ChosenFile[] =>
  files.toSorted((a, b) => b.file.size - a.file.size);

function fullest(files: readonly ChosenFile[]): string {
  const folders = new Map<string, number>();
  for (const { path } of files) {
    const folder = path.includes("/") ? `${path.split("/")[0]}/` : "the folder itself";
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const [most] = [...folders].toSorted(([, a], [, b]) => b - a);
  return most ? `${most[0]} (${counted(most[1], "file")})` : "the folder itself";
}

export function viewOf({ files }: Checkout): FolderView {
  const byPath = new Map(files.map(({ path, file }) => [path, file]));
  return {
    has: async (path) => byPath.has(path),
    names: async () => files.map(({ path }) => path).filter((path) => !path.includes("/")),
    read: async (path) => byPath.get(path)?.text(),
  };
}
