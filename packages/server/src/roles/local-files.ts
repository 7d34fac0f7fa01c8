import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Small private files of the data folder, by which the parts of one machine find each other. */
export const serverFile = (dataFolder: string): string => join(dataFolder, "server.json");
/** How the terminal client of this machine's owner signs in. */
export const clientFile = (dataFolder: string): string => join(dataFolder, "cli.json");
/** The public key of the ledger, which `pave ledger verify` on this machine trusts. */
export const ledgerKeyFile = (dataFolder: string): string => join(dataFolder, "ledger-key.pem");

/** Writes a file that only its owner can read, whole or not at all. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, content, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
}

export async function readJsonFile<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}

export const removeFile = (path: string): Promise<void> => rm(path, { force: true });
