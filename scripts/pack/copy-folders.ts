import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { withoutPictures } from "./without-pictures.ts";

/** Where in the package the files of a folder of the repository go. */
const folders: Readonly<Record<string, string>> = {
  components: "components",
  templates: "templates",
  environments: "environments",
  python: "python",
  docs: "docs",
  packaging: "packaging",
  "packages/server/src/db/migrations": "migrations",
};
/** Twice as much as all else together; pages that show them do without. */
const pictures = "docs/screenshots/";
const files: Readonly<Record<string, string>> = {
  LICENSE: "LICENSE",
  "README.md": "README.md",
  "scripts/pack/pave.js": "bin/pave.js",
};

/** Copies what git tracks, or would: neither tests, nor what a run of one left behind. */
export async function copyFolders(root: string, target: string): Promise<void> {
  const { stdout } = await promisify(execFile)(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...Object.keys(folders)],
    { cwd: root, maxBuffer: 16 * 2 ** 20 },
  );
  const found = stdout.split("\0").filter((path) => path !== "" && !isTest(path) && !path.startsWith(pictures));
  for (const path of found.sort()) {
    const [from = "", to = ""] = Object.entries(folders).find(([folder]) => path.startsWith(`${folder}/`)) ?? [];
    await copy(join(root, path), join(target, to, path.slice(from.length + 1)));
  }
  for (const [from, to] of Object.entries(files)) await copy(join(root, from), join(target, to));
  await chmod(join(target, "bin", "pave.js"), 0o755);
}

/** The library's own tests, which a component's digest leaves out too; those in a template are the project's. */
const isTest = (path: string): boolean =>
  /\.test\.ts$/.test(path) ||
  (/^components\//.test(path) && /\/(fixtures|testing)\//.test(path)) ||
  /^python\/[^/]+\/tests\//.test(path);

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (from.endsWith(".md")) await writeFile(to, withoutPictures(await readFile(from, "utf8")));
  else await copyFile(from, to);
  await chmod(to, 0o644);
}
