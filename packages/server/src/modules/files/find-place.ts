import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { Artifacts } from "../artifacts/index.ts";
import { findFile, getLoggedModelHead, getRunHead, listFolder, trackingNotFound } from "../tracking/index.ts";

export interface StoredFile {
  readonly path: string;
  readonly digest: string;
  readonly size: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number | null;
}

/** A tree of files of the project, wherever it is written down. Paths are keys in a table and never touch a disk. */
export interface FilePlace {
  list(folder: string): Promise<readonly FolderEntry[]>;
  /** Throws where there is no such file. */
  file(path: string): Promise<StoredFile>;
}

/** What belongs to another project is as unknown as what does not exist. */
export async function findPlace(
  ctx: Ctx,
  artifacts: Pick<Artifacts, "getArtifactOf">,
  project: { readonly id: string },
  place: string,
): Promise<FilePlace> {
  if (place.includes("-") && !place.startsWith("m-")) {
    const { files } = await artifacts.getArtifactOf(ctx, project, place);
    return {
      list: async (folder) => entriesOf(files, folder),
      file: async (path) => files.find((file) => file.path === path) ?? noFile(path),
    };
  }
  const isModel = place.startsWith("m-");
  const { projectId } = await (isModel ? getLoggedModelHead(ctx, place) : getRunHead(ctx, place));
  if (projectId !== project.id) throw trackingNotFound(`${isModel ? "logged model" : "run"} ${place}`);
  return {
    list: (folder) => listFolder(ctx, place, folder),
    file: async (path) => (await findFile(ctx, place, path)) ?? noFile(path),
  };
}

function noFile(path: string): never {
  throw new PaveError("artifact.not_found", `There is no file ${JSON.stringify(path.slice(0, 200))} here`, {
    fix: "Choose one from the list of files",
  });
}

/** What lies in a folder of a flat list of files. */
function entriesOf(files: readonly StoredFile[], folder: string): FolderEntry[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const below = files.filter(({ path }) => path.startsWith(prefix));
  const entries = below.map(({ path, size }): FolderEntry => {
    const [name = "", ...deeper] = path.slice(prefix.length).split("/");
    return deeper.length > 0 ? { name, isFolder: true, size: null } : { name, isFolder: false, size };
  });
  return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
}
