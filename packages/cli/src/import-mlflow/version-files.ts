import type { CopyContext } from "./copy-context.ts";
import { copyFiles } from "./copy-files.ts";
import { type FilePlace, localFolder, localPlace, proxiedPlace, proxiedRoot, runPlace } from "./file-places.ts";
import { downloadUri, readRun } from "./read-source.ts";
import { SourceAnswer } from "./source-errors.ts";
import type { VersionRecord } from "./source-records.ts";

/** Where a version's files are in Pave. */
export type VersionFiles =
  | { readonly root: string; readonly path: string }
  | { readonly name: string; readonly version: number };

/**
 * Files of the run or the logged model that the version names are here already, if those were copied; else the version's
 * own are copied for it alone. Undefined where the source gives them to nobody, with the reason in `reason`.
 */
export async function versionFiles(
  context: CopyContext,
  version: VersionRecord,
): Promise<{ readonly files: VersionFiles } | { readonly reason: string }> {
  const uri = await uriOf(context, version);
  const copy = /^models:\/([^/@]+)\/(\d+)$/.exec(version.source);
  if (copy) {
    const key = `${copy[1]}@${copy[2]}`;
    if ((await context.target.items("model-version", [key])).has(key))
      return { files: { name: copy[1] ?? "", version: Number(copy[2]) } };
  }
  for (const found of candidates(version.source, uri, version)) {
    const kind = found.root.startsWith("run/") ? "run" : "logged-model";
    const id = found.root.slice(found.root.indexOf("/") + 1);
    const isHere = (await context.target.items(kind, [id])).has(id);
    if (isHere && context.incomplete.has(found.root)) return { reason: "some of its files could not be copied" };
    if (isHere && (await hasFiles(context, found))) return { files: found };
  }
  return copyOwn(context, version, uri);
}

const uriOf = ({ source }: CopyContext, { name, version, source: given }: VersionRecord): Promise<string> =>
  downloadUri(source, name, version).catch((error: unknown) => {
    if (error instanceof SourceAnswer) return given;
    throw error;
  });

/** Places that the addresses of a version name, the surest first. */
function candidates(source: string, uri: string, { model_id }: VersionRecord): { root: string; path: string }[] {
  return [uri, source].flatMap((address) => {
    const model =
      /^models:\/(m-[0-9a-f]{32})$/.exec(address) ?? /\/models\/(m-[0-9a-f]{32})\/artifacts\/?$/.exec(address);
    if (model) return [{ root: `model/${model[1]}`, path: "" }];
    const run =
      /^runs:\/([0-9a-f]{32})\/(.+?)\/?$/.exec(address) ?? /\/([0-9a-f]{32})\/artifacts\/(.+?)\/?$/.exec(address);
    return [
      ...(run ? [{ root: `run/${run[1]}`, path: run[2] ?? "" }] : []),
      ...(model_id === "" ? [] : [{ root: `model/${model_id}`, path: "" }]),
    ];
  });
}

async function hasFiles({ target }: CopyContext, { root, path }: { root: string; path: string }): Promise<boolean> {
  const { items } = await target.call("listImportedFiles", { query: { root } });
  return items.some((file) => path === "" || file.path.startsWith(`${path}/`));
}

async function copyOwn(context: CopyContext, version: VersionRecord, uri: string) {
  const place = await ownPlace(context, version, uri);
  if (place === undefined)
    return {
      reason: `its files are at ${uri}, which the source does not pass on; they were not copied with a run either`,
    };
  const root = `version/${version.name}/${version.version}`;
  const what = `version ${version.version} of ${version.name}`;
  const areHere = await copyFiles(context, { root, place, what, isNew: false });
  return areHere ? { files: { root, path: "" } } : { reason: "some of its files could not be copied" };
}

async function ownPlace(context: CopyContext, version: VersionRecord, uri: string): Promise<FilePlace | undefined> {
  const root = proxiedRoot(uri);
  if (root !== undefined) return proxiedPlace(context.source, root);
  const folder = context.localFiles ? localFolder(uri) : undefined;
  if (folder !== undefined) return localPlace(folder);
  if (version.run_id === "") return undefined;
  const run = await readRun(context.source, version.run_id).catch((error: unknown) => {
    if (error instanceof SourceAnswer) return undefined;
    throw error;
  });
  const prefix = run && `${run.info.artifact_uri.replace(/\/+$/, "")}/`;
  if (run === undefined || prefix === undefined || !uri.startsWith(prefix)) return undefined;
  return runPlace(context.source, version.run_id, uri.slice(prefix.length).replace(/\/+$/, ""));
}
