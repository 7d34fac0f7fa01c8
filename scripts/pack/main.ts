/**
 * Makes `dist/<package>-<version>.tgz`: the code bundled, the portal built, what both read at run time beside them, and
 * the licences of all that was bundled. Packages with native code stay dependencies, of exactly the versions that were
 * tested. The same sources give the same bytes, whoever packs them and when.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { bundleCode } from "./bundle-code.ts";
import { bundlePortal } from "./bundle-portal.ts";
import { copyFolders } from "./copy-folders.ts";
import { packageName, writeManifest } from "./package-manifest.ts";
import { writeLicences } from "./write-licences.ts";

const root = join(import.meta.dirname, "..", "..");
const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "dist") } } });

const staging = await mkdtemp(join(tmpdir(), "pave-pack-"));
try {
  const started = performance.now();
  const version = await writeManifest(root, staging);
  await copyFolders(root, staging);
  const [code, portal] = await Promise.all([bundleCode(root, staging), bundlePortal(root, staging)]);
  await writeLicences(staging, [...code, ...portal]);
  const tarball = await packTarball(staging, resolve(values.out), version);
  const bytes = await readFile(tarball);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const megabytes = ((await stat(tarball)).size / 1e6).toFixed(1);
  process.stdout.write(
    `${tarball}\n${packageName} ${version}, ${megabytes} MB, sha256 ${digest}, ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
  );
} finally {
  await rm(staging, { recursive: true, force: true });
}

/** npm gives every file the same time and sorts them by name. */
async function packTarball(folder: string, out: string, version: string): Promise<string> {
  await mkdir(out, { recursive: true });
  const { stdout } = await promisify(execFile)(
    "npm",
    ["pack", "--ignore-scripts", "--silent", "--pack-destination", out],
    { cwd: folder },
  );
  const made = join(out, stdout.trim().split("\n").at(-1) ?? "");
  const tarball = join(out, `pave-${version}.tgz`);
  await rename(made, tarball);
  return tarball;
}
