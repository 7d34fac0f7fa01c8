import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CliError } from "../command.ts";

/** A server that this terminal knows, and as whom. */
export interface SavedContext {
  readonly url: string;
  /** Absent once signed out. */
  readonly token?: string;
  readonly expiresAt?: string;
  /** Who one is there. */
  readonly principal?: string;
}

export interface Contexts {
  /** The one that commands use; `local` is this machine's own platform. */
  readonly current?: string;
  readonly contexts: Readonly<Record<string, SavedContext>>;
}

/** This machine's own platform, which `pave up` made and which needs no sign-in. */
export const localContext = "local";

const fileOf = (folder: string): string => join(folder, "contexts.json");

export async function readContexts(folder: string): Promise<Contexts> {
  const path = fileOf(folder);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new CliError(`${path} cannot be read: ${error.message}`, { fix: "Make it yours to read." });
  });
  if (text === undefined) return { contexts: {} };
  try {
    const parsed = JSON.parse(text) as Contexts;
    if (typeof parsed.contexts === "object" && parsed.contexts !== null) return parsed;
  } catch {
    // said below
  }
  throw new CliError(`${path} is not what \`pave login\` wrote`, { fix: "Remove it, then sign in again." });
}

/** Writes it whole or not at all; nobody but its owner can read it. */
export async function writeContexts(folder: string, contexts: Contexts): Promise<void> {
  const path = fileOf(folder);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(contexts, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
}

/** The same with one more, which is the current one from now on. */
export const withContext = ({ contexts }: Contexts, name: string, saved: SavedContext): Contexts => ({
  current: name,
  contexts: { ...contexts, [name]: saved },
});

/** The same without it. */
export function withoutContext({ current, contexts }: Contexts, name: string): Contexts {
  const rest = Object.fromEntries(Object.entries(contexts).filter(([one]) => one !== name));
  return { ...(current === undefined || current === name ? {} : { current }), contexts: rest };
}

export function getContext({ contexts }: Contexts, name: string): SavedContext {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found) return found;
  throw new CliError(`There is no context ${name}`, {
    fix: `Known: ${[localContext, ...Object.keys(contexts)].join(", ")}. \`pave login URL --name ${name}\` makes it.`,
  });
}
