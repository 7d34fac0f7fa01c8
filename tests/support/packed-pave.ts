import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { digestOfSources } from "./built-pave.ts";
import { makeOnce } from "./make-once.ts";

const execute = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");
const cache = join(root, "node_modules", ".cache", "pave-packed");

export interface PackedPave {
  readonly tarball: string;
  /** The file that `npx pave` runs. */
  readonly entry: string;
  /** Where the package is installed. */
  readonly folder: string;
  /** An empty home, and the folder that it was installed in. */
  readonly home: string;
  readonly app: string;
  remove(): Promise<void>;
}

/** Makes the tarball, as `npm run pack` does; gives its path. */
export async function packAnew(out: string): Promise<string> {
  const { stdout } = await execute(process.execPath, [join(root, "scripts", "pack", "main.ts"), "--out", out]);
  return stdout.split("\n")[0] ?? "";
}

/** The tarball in `out`, made anew from an earlier test of the same sources; gives its path. */
export async function packPave(out: string): Promise<string> {
  const folder = await makeOnce(cache, await digestOfSources(), packAnew);
  const name = (await readdir(folder)).find((file) => file.endsWith(".tgz")) ?? "";
  await mkdir(out, { recursive: true });
  await copyFile(join(folder, name), join(out, name));
  return join(out, name);
}

/**
 * Installs the tarball into an empty folder with an empty home, as a stranger would. Only npm's cache of downloads is this
 * machine's, so that 150 MB are not fetched again.
 */
export async function installPave(): Promise<PackedPave> {
  const base = await mkdtemp(join(tmpdir(), "pave-packed-"));
  const [app, home] = [join(base, "app"), join(base, "home")];
  await mkdir(app);
  await mkdir(home);
  const tarball = await packPave(join(base, "out"));
  const { stdout: cache } = await execute("npm", ["config", "get", "cache"], { cwd: root });
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  await execute("npm", ["install", ...flags, "--cache", cache.trim(), tarball], {
    cwd: app,
    env: { ...process.env, HOME: home },
  });
  const folder = join(app, "node_modules", "@pave-ml", "pave");
  const { bin } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { bin: { pave: string } };
  return {
    ...{ tarball, folder, app, home, entry: join(folder, bin.pave) },
    remove: () => rm(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}
