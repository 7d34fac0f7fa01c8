/*
 * The files of ours that steps run: node, the built-in components with the packages they import, the model check, the
 * scripts of supervisors. Where other users cannot walk to them (a clone in root's home), what is needed is copied once
 * per version below the reachable root: as hard links where the file system allows, so it takes hardly any room.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, realpath, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { copyReachable } from "../drivers/process/copy-reachable.ts";
import { exists, isTraversable, reachablePath } from "../drivers/process/reachable.ts";
import { randomText } from "../kernel/ids.ts";

export interface Runtime {
  readonly node: string;
  /** The folder where it is called `node`. */
  readonly bin: string;
  /** The folder that holds `components/<name>/` beside `node_modules/`. */
  readonly builtins: string;
  /** The folder of supervise.py. */
  readonly scripts: string;
  /** What of these a step in bubblewrap is shown. */
  readonly visible: readonly string[];
  /** What loads a model in a throw-away process: `node <checkModel> <folder>`. */
  readonly checkModel: string;
}

const checkModelSource = join(import.meta.dirname, "..", "gateway", "check-model", "child.ts");
const folders = [
  "components",
  "python",
  "packages/contract",
  "packages/server/src/kernel",
  "packages/server/src/gateway",
];
const packages = [
  "@duckdb/node-api",
  "onnxruntime-node",
  "yaml",
  "zod",
  "canonicalize",
  "uuid",
  "pino",
  "pg",
  "mysql2",
];

/** `isShared`: steps run as other users. */
export async function findRuntime(root: string, builtinsFolder: string, isShared: boolean): Promise<Runtime> {
  const source = await realpath(builtinsFolder);
  const builtins = !isShared || (await isTraversable(source)) ? source : await copyRuntime(root, source);
  const checkModel = relative(source, await realpath(checkModelSource).catch(() => checkModelSource));
  const node = isShared ? await reachablePath(root, "node", process.execPath) : process.execPath;
  return {
    node,
    bin: node === process.execPath ? dirname(node) : await linkAsNode(root, node),
    builtins,
    visible: [node, ...["components", "node_modules", "packages", "package.json"].map((name) => join(builtins, name))],
    scripts: join(builtins, "python", "pave_attempt"),
    checkModel: checkModel.startsWith("..") ? checkModelSource : join(builtins, checkModel),
  };
}

async function linkAsNode(root: string, node: string): Promise<string> {
  const folder = join(root, "runtime", "bin");
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  await rm(join(folder, "node"), { force: true });
  await symlink(node, join(folder, "node"));
  return folder;
}

async function copyRuntime(root: string, source: string): Promise<string> {
  const target = join(root, "runtime", `builtins-${await versionOf(source)}`);
  if (await exists(target)) return target;
  const draft = `${target}.${randomText(6)}`;
  try {
    for (const folder of folders) await copyPart(join(source, folder), join(draft, folder));
    for (const [name, from] of await findPackages(source)) await copyPackage(from, join(draft, "node_modules", name));
    // a link, as npm makes it: Node strips no types from files whose real path is below node_modules
    await mkdir(join(draft, "node_modules", "@pave"), { recursive: true });
    await symlink(join("..", "..", "packages", "contract"), join(draft, "node_modules", "@pave", "contract"));
    await copyPart(
      join(source, "packages", "server", "package.json"),
      join(draft, "packages", "server", "package.json"),
    );
    await copyPart(join(source, "package.json"), join(draft, "package.json"));
    await openToOthers(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
  return target;
}

/** Changes when a file of ours or the version of a package does. */
async function versionOf(source: string): Promise<string> {
  const hash = createHash("sha256").update("layout 2");
  for (const folder of folders) {
    const entries = await readdir(join(source, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      const { mtimeMs, size } = await stat(file);
      hash.update(`${file}\0${size}\0${mtimeMs}\n`);
    }
  }
  for (const [, from] of await findPackages(source)) hash.update(await readFile(join(from, "package.json")));
  return hash.digest("hex").slice(0, 12);
}

/** The packages that components import, and what those depend on: name to folder. */
async function findPackages(source: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const queue = packages.map((name) => ({ name, from: source }));
  for (let next = queue.shift(); next; next = queue.shift()) {
    const folder = found.has(next.name) ? undefined : await findPackage(next.name, next.from);
    if (folder === undefined) continue;
    found.set(next.name, folder);
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as PackageManifest;
    const needs = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    queue.push(...needs.map((name) => ({ name, from: folder })));
  }
  return found;
}

interface PackageManifest {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

/** As node looks for it, from `from` upward. An optional one may be for another machine, and absent. */
async function findPackage(name: string, from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (await exists(join(candidate, "package.json"))) return realpath(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

/** Native packages carry binaries of every system (288 MB in one case): only this machine's are taken. */
async function copyPackage(from: string, to: string): Promise<void> {
  const binaries = (await readdir(join(from, "bin")).catch(() => [])).filter((name) => name.startsWith("napi-v"));
  if (binaries.length === 0) return copyPart(from, to);
  for (const name of await readdir(from)) if (name !== "bin") await copyPart(join(from, name), join(to, name));
  for (const name of binaries) {
    const own = join("bin", name, process.platform, process.arch);
    if (await exists(join(from, own))) await copyPart(join(from, own), join(to, own));
  }
}

async function copyPart(from: string, to: string): Promise<void> {
  if (!(await exists(from)) || (await exists(to))) return;
  await mkdir(dirname(to), { recursive: true });
  await copyReachable(from, to);
}

/** mkdir obeys the umask, and ours may be closed. */
async function openToOthers(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !path.includes(`${sep}node_modules${sep}.`)) await openToOthers(path);
  }
}
