import { createHash } from "node:crypto";
import { readdir, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { bundleCode } from "../../scripts/pack/bundle-code.ts";
import { copyFolders } from "../../scripts/pack/copy-folders.ts";
import { writeManifest } from "../../scripts/pack/package-manifest.ts";
import { makeOnce } from "./make-once.ts";

const root = join(import.meta.dirname, "..", "..");
const cache = join(root, "node_modules", ".cache", "pave-built");
/** What goes into it; the portal is the checkout's. */
const sources = [
  ...["packages/contract", "packages/cli", "packages/server", "scripts/pack", "components", "templates"],
  ...["environments", "python", "docs", "packaging", "package.json", "package-lock.json", "README.md", "LICENSE"],
];

let built: Promise<string> | undefined;

/**
 * The entry of `pave` as it ships: this checkout, bundled as `npm run pack` does it. Processes of it start in half the
 * time that one file after the other takes, and what tests run is what is installed. It is made where a source is newer.
 */
export function builtPave(): Promise<string> {
  built ??= build();
  return built;
}

/** The entry of this checkout as it is written, which `npm start` and `bin/pave` run. */
export const checkoutPave = join(root, "packages", "cli", "src", "main.ts");

async function build(): Promise<string> {
  const folder = await makeOnce(cache, await digestOfSources(), async (draft) => {
    await writeManifest(root, draft);
    await Promise.all([copyFolders(root, draft), bundleCode(root, draft)]);
    await symlink(join(root, "packages", "portal", "dist"), join(draft, "portal"));
  });
  return join(folder, "bin", "pave.js");
}

/** Changes when a file of them does. */
async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const path of (await filesIn(join(root, source))).sort()) {
      const { size, mtimeMs } = await stat(path);
      hash.update(`${path}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest("hex").slice(0, 12);
}

async function filesIn(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      if (isLeftOut(entry.name)) return [];
      const inside = join(path, entry.name);
      return entry.isDirectory() ? filesIn(inside) : entry.isFile() ? [inside] : [];
    }),
  );
  return found.flat();
}

const isLeftOut = (name: string): boolean =>
  name === "node_modules" || name === "__pycache__" || name.endsWith(".test.ts");
