import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { randomText } from "../../../kernel/ids.ts";
import { messageOf, PaveError } from "../../../kernel/pave-error.ts";
import { type MasterKey, parseKey } from "./master-key.ts";
import { keyBytes } from "./sealed.ts";

/*
 * The file of master keys: one a line in base64, the newest first; lines with # are remarks. The first seals, all open,
 * so what a backup holds can be opened as long as its key is still in the file.
 */

const heading = "# Master keys of Pave, the newest first. Without them no secret can be read: keep a copy elsewhere.\n";

/** The keys of the file, newest first; undefined when there is no file. */
export async function readKeyFile(path: string): Promise<MasterKey[] | undefined> {
  const text = await readPrivate(path);
  if (text === undefined) return undefined;
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length === 0)
    throw new PaveError("vault.misconfigured", `${path}: expected a master key, found none`, {
      fix: "Restore the file from its copy, or set PAVE_MASTER_KEY_FILE to where it is",
    });
  return lines.map((line, at) => parseKey(line, `${path}, key ${at + 1}`));
}

/** Makes the file with one new key. A file that is there already stays as it is. */
export async function makeKeyFile(path: string): Promise<MasterKey[]> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = await writeDraft(path, `${heading}${newKeyLine()}`);
  try {
    // Unlike a rename, a link never replaces what another server made in the same moment.
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await readKeyFile(path)) ?? [];
}

/** Puts a new key in front of those of the file; whole or not at all. */
export async function addKeyToFile(path: string): Promise<MasterKey[]> {
  const text = (await readPrivate(path)) ?? "";
  const older = text.startsWith("#") ? text.slice(text.indexOf("\n") + 1) : text;
  const draft = await writeDraft(path, `${heading}${newKeyLine()}${older}`);
  await rename(draft, path);
  return (await readKeyFile(path)) ?? [];
}

const newKeyLine = (): string => `${randomBytes(keyBytes).toString("base64")}\n`;

async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomText(8)}.draft`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(text);
    // A key that is lost in a power cut takes every secret along.
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

async function readPrivate(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0)
      throw new PaveError("vault.misconfigured", `${path}: others than its owner may read or write the master keys`, {
        fix: `chmod 600 ${path}`,
      });
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (error instanceof PaveError) throw error;
    throw new PaveError("vault.misconfigured", `${path}: the master keys could not be read: ${messageOf(error)}`, {
      fix: "Make the file readable for the user that the server runs as, and for nobody else",
      cause: error,
    });
  }
}
