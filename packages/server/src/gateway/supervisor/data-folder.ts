import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { newId } from "../../kernel/ids.ts";

/**
 * What the gateway keeps below `<data folder>/gateway`, so that it starts and serves with everything else down:
 * `config.json` and `contact.json` (the last config, and when the api was last heard), `models/` (files by digest, and
 * a folder per model), `checks/` (models that were scored once), `windows/` (counters that nobody acknowledged yet), `request-log/` (requests that
 * nobody acknowledged yet).
 */
export interface DataFolder {
  readonly root: string;
  readonly config: string;
  readonly contact: string;
  readonly blobs: string;
  readonly models: string;
  readonly checks: string;
  readonly windows: string;
  readonly requestLog: string;
  /** Where node keeps compiled code: a process starts in half the time and needs 25 MB less. */
  readonly compileCache: string;
}

export async function openDataFolder(dataFolder: string): Promise<DataFolder> {
  const at = (...parts: string[]) => join(rootOf(dataFolder), ...parts);
  const folder: DataFolder = {
    root: at(),
    config: at("config.json"),
    contact: at("contact.json"),
    blobs: at("models", "blobs"),
    models: at("models", "folders"),
    checks: at("checks"),
    windows: at("windows"),
    requestLog: at("request-log"),
    compileCache: at("compile-cache"),
  };
  for (const path of [folder.blobs, folder.models, folder.checks, folder.windows, folder.requestLog])
    await mkdir(path, { recursive: true, mode: 0o700 });
  return folder;
}

/** Readers see the old text or the new one, never a part of it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${newId()}.tmp`;
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Undefined when there is no such file, or it is not JSON. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** The same for every start on this folder; made at the first one. */
export async function gatewayIdOf(folder: DataFolder): Promise<string> {
  const path = join(folder.root, "gateway-id");
  const known = await readFile(path, "utf8").catch(() => "");
  if (known.trim() !== "") return known.trim();
  const id = newId();
  await writeWhole(path, id);
  return id;
}

/**
 * Socket paths over 100 bytes fail on some systems: then sockets live in a short private folder of this user instead.
 * `isShared`: that folder lies where everybody may make one of the same name, so it counts only when it is ours.
 */
export function socketFolder(dataFolder: string): { readonly path: string; readonly isShared: boolean } {
  const root = rootOf(dataFolder);
  if (Buffer.byteLength(join(root, "123456789012.model")) <= 100) return { path: root, isShared: false };
  return { path: join(tmpdir(), `pave-${userInfo().uid}`), isShared: true };
}

/** Which process serves on this folder: it can be found, and ended, when its socket does not answer. */
export const processFile = (dataFolder: string): string => join(rootOf(dataFolder), "process.json");

export function controlSocketPath(dataFolder: string): string {
  const { path, isShared } = socketFolder(dataFolder);
  if (!isShared) return join(path, "control.sock");
  return join(path, `${createHash("sha256").update(rootOf(dataFolder)).digest("hex").slice(0, 16)}.sock`);
}

const rootOf = (dataFolder: string) => join(resolve(dataFolder), "gateway");
