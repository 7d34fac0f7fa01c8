import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { ComponentSpec, FileEntry } from "@pave/contract";
import { digestOf } from "../../kernel/ids.ts";
import { componentDigest, specFile } from "./component-digest.ts";
import { parseComponent } from "./parse-component.ts";

export interface BuiltinComponent {
  readonly spec: ComponentSpec;
  readonly digest: string;
  /** Its folder in the library; the runner has the same library. */
  readonly folder: string;
  readonly files: readonly FileEntry[];
}

/** Code that several components share. */
const sharedFolder = "lib";

/** Every component of the library that this program was shipped with. */
export async function readBuiltinComponents(library: string): Promise<readonly BuiltinComponent[]> {
  const entries = await readdir(library, { withFileTypes: true });
  const shared = await readCode(join(library, sharedFolder), `../${sharedFolder}/`);
  const folders = entries
    .filter((entry) => entry.isDirectory() && entry.name !== sharedFolder)
    .map((entry) => entry.name);
  const components = await Promise.all(folders.sort().map((folder) => readComponent(library, folder, shared)));
  return components.filter((component) => component !== undefined);
}

async function readComponent(
  library: string,
  folder: string,
  shared: readonly FileEntry[],
): Promise<BuiltinComponent | undefined> {
  const path = join(library, folder, specFile);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const spec = parseComponent(text, path);
  const files = [...(await readCode(join(library, folder), "")), ...shared];
  return { spec, digest: componentDigest(spec, files), folder, files };
}

/** Files that run: tests and their fixtures change no result. */
async function readCode(folder: string, prefix: string): Promise<FileEntry[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  const code = paths.filter((path) => !/(^|\/)(fixtures|testing|__pycache__)\/|\.test\.\w+$/.test(path)).sort();
  return Promise.all(
    code.map(async (path) => {
      const bytes = await readFile(join(folder, path));
      return { path: `${prefix}${path}`, digest: digestOf(bytes), size: bytes.length, executable: false };
    }),
  );
}
