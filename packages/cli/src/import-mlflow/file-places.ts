import { createReadStream } from "node:fs";
import { lstat, open, opendir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { hashFile } from "../local/project-files.ts";
import { pages } from "./read-source.ts";
import type { Query, Source } from "./source.ts";
import { SourceAnswer } from "./source-errors.ts";
import { fileRecord } from "./source-records.ts";

export interface FoundFile {
  /** Below the place, with `/` between folders. */
  readonly path: string;
  /** Null where the source does not say. */
  readonly size: number | null;
}

export interface OpenFile {
  readonly bytes: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>;
  readonly size: number | null;
}

/** Where files of the source are, and how they are read. */
export interface FilePlace {
  files(): AsyncGenerator<FoundFile>;
  open(path: string): Promise<OpenFile>;
  /** Where the bytes can be read twice, so that those which are there already need not be sent. */
  digest?(path: string): Promise<string>;
}

const api = "/api/2.0/mlflow";
const proxy = "/api/2.0/mlflow-artifacts/artifacts";

/** What a server that passes files on has for `mlflow-artifacts:/…`; undefined for any other address. */
export function proxiedRoot(uri: string): string | undefined {
  const found = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.*)$/.exec(uri)?.[1];
  return found?.replace(/\/+$/, "");
}

/** A folder of this machine that an address names; undefined for any other address. */
export function localFolder(uri: string): string | undefined {
  if (uri.startsWith("/")) return uri;
  if (!uri.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

/** Files that the server passes on, by the place that it names them by. */
export function proxiedPlace(source: Source, root: string): FilePlace {
  return {
    files: () =>
      walk(async (folder) => {
        const path = folder === "" ? root : `${root}/${folder}`;
        const names = await entries(source, proxy, { path });
        return names.map((entry) => ({ ...entry, path: folder === "" ? entry.path : `${folder}/${entry.path}` }));
      }),
    open: (path) =>
      opened(source, `${proxy}/${[...root.split("/"), ...path.split("/")].map(encodeURIComponent).join("/")}`),
  };
}

/** Files of a run, which the server reads from wherever they are. */
export function runPlace(source: Source, runId: string, below = ""): FilePlace {
  const inside = (path: string) => [below, path].filter(Boolean).join("/");
  return {
    files: () =>
      walk(async (folder) => {
        const found = await entries(source, `${api}/artifacts/list`, {
          run_id: runId,
          run_uuid: runId,
          path: inside(folder) || undefined,
        });
        return found.map((entry) => ({
          ...entry,
          path: below === "" ? entry.path : entry.path.slice(below.length + 1),
        }));
      }),
    open: (path) => opened(source, "/get-artifact", { run_id: runId, run_uuid: runId, path: inside(path) }),
  };
}

/** Files of a logged model, which the server reads from wherever they are. */
export function modelPlace(source: Source, modelId: string): FilePlace {
  const model = `/mlflow/logged-models/${encodeURIComponent(modelId)}/artifacts`;
  return {
    files: () =>
      walk((folder) =>
        entries(source, `/api/2.0${model}/directories`, { artifact_directory_path: folder || undefined }),
      ),
    open: (path) => opened(source, `/ajax-api/2.0${model}/files`, { artifact_file_path: path }),
  };
}

/** A folder of this machine. Links are not followed: they may lead anywhere. */
export function localPlace(root: string): FilePlace {
  return {
    files: () =>
      walk(async (folder) => {
        const found: { path: string; isFolder: boolean; size: number | null }[] = [];
        if (folder === "" && (await isUnused(root))) return found;
        for await (const entry of await opendir(join(root, folder))) {
          if (!entry.isFile() && !entry.isDirectory()) continue;
          const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
          const size = entry.isFile() ? (await stat(join(root, path))).size : null;
          found.push({ path, isFolder: entry.isDirectory(), size });
        }
        return found;
      }),
    async open(path) {
      const { size } = await stat(join(root, path));
      return { bytes: Readable.toWeb(createReadStream(join(root, path))) as ReadableStream<Uint8Array>, size };
    },
    digest: async (path) => hashFile(await open(join(root, path))),
  };
}

/** A run or model that logged no file has no folder; that of its experiment tells it from a disk that is not there. */
async function isUnused(root: string): Promise<boolean> {
  const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() === true;
  return !(await lstat(root).catch(() => undefined)) && isFolder(dirname(dirname(root)));
}

interface Entry extends FoundFile {
  readonly isFolder: boolean;
}

/** No path that can be kept is longer. */
const longestPath = 2000;

/** Folder by folder. One that is given twice, as by a server that goes round in circles, is read once. */
async function* walk(list: (folder: string) => Promise<readonly Entry[]>): AsyncGenerator<FoundFile> {
  const folders = [""];
  const seen = new Set(folders);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const { path, size, isFolder } of await list(folder)) {
      if (!isFolder) yield { path, size };
      else if (!seen.has(path) && path.length <= longestPath) {
        seen.add(path);
        folders.push(path);
      }
    }
}

async function entries(source: Source, path: string, query: Query): Promise<Entry[]> {
  const found: Entry[] = [];
  const ask = (token: string | undefined) => source.get(path, { ...query, page_token: token });
  for await (const page of pages(source, ask, "files", fileRecord))
    found.push(...page.map(({ path, is_dir, file_size }) => ({ path, isFolder: is_dir, size: file_size ?? null })));
  return found;
}

async function opened(source: Source, path: string, query: Query = {}): Promise<OpenFile> {
  const response = await source.open(path, query);
  const length = response.headers.get("content-length");
  if (response.status !== 200) throw new SourceAnswer(response.status, "", `the server answered ${response.status}`);
  return {
    bytes: response.body ?? new Uint8Array(0),
    size:
      z.coerce
        .number()
        .int()
        .safeParse(length ?? undefined).data ?? null,
  };
}
