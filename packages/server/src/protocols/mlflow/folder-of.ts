import type { FileEntry } from "@pave/contract";
import type { FolderEntry } from "../../modules/tracking/index.ts";

/** What lies in a folder of a set of files. */
export function folderOf(files: readonly FileEntry[], folder: string): FolderEntry[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const entries = new Map<string, FolderEntry>();
  for (const { path, size } of files) {
    if (!path.startsWith(prefix)) continue;
    const [name = "", ...deeper] = path.slice(prefix.length).split("/");
    const isFolder = deeper.length > 0;
    entries.set(name, { name, isFolder, size: isFolder ? null : size });
  }
  return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
