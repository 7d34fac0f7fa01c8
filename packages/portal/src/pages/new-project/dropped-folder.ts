import { isNeverSent } from "@pave/contract/checkout";
import { BrowserError } from "../../lib/browser-error.ts";
import { count } from "../../lib/format.ts";
import type { ChosenFile } from "./checkout.ts";

export interface ChosenFolder {
  readonly name: string;
  readonly files: readonly ChosenFile[];
}

/** A folder that was chosen in a dialog: every path begins with its name. */
export function chosenFolder(list: FileList): ChosenFolder {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath.replace(/^[^/]*\//, ""), file }));
  return { name: list[0]?.webkitRelativePath.split("/")[0] ?? "", files };
}

/** To be called while the event is handled: later the browser has forgotten what was dropped. */
export function droppedEntries(items: DataTransferItemList): FileSystemEntry[] {
  return [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
}

const mostFiles = 50_000;
/** Of git's own files, those that tell the commit and what is tracked; below, whether a folder is a repository itself. */
const ofGit = /^\.git(\/(HEAD|config|index|packed-refs|info(\/exclude)?|refs(\/.*)?))?$|\/\.git(\/HEAD)?$/;

/** A folder that was dropped; what is never sent is not even looked into. */
export async function droppedFolder(entries: readonly FileSystemEntry[]): Promise<ChosenFolder> {
  const [root] = entries;
  if (entries.length !== 1 || !root?.isDirectory)
    throw new BrowserError("What was dropped is not one folder", { fix: "Drop the folder of a checkout." });
  const files: ChosenFile[] = [];
  const open = [{ entry: root as FileSystemDirectoryEntry, path: "" }];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const entry of await childrenOf(next.entry)) {
      const path = next.path === "" ? entry.name : `${next.path}/${entry.name}`;
      if (isNeverSent(path) && !ofGit.test(path)) continue;
      if (entry.isDirectory) open.push({ entry: entry as FileSystemDirectoryEntry, path });
      else files.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
    }
    if (files.length > mostFiles)
      throw new BrowserError(`The folder has more than ${count(mostFiles)} files`, {
        fix: "Send it with `pave init` and `pave push`.",
      });
  }
  return { name: root.name, files };
}

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));
