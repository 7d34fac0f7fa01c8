import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/** One file with the licence of every package that is bundled. Fails on one that says none. */
export async function writeLicences(folder: string, modules: readonly string[]): Promise<void> {
  const folders = new Set(modules.map(packageFolder).filter((path) => path !== undefined));
  const texts = await Promise.all([...folders].map(describe));
  const head = "Packages of others that are bundled in this one, each with its licence.\n";
  const unique = [...new Set(texts)].sort();
  await writeFile(join(folder, "THIRD-PARTY-LICENSES.txt"), [head, ...unique].join(`\n${"-".repeat(80)}\n\n`));
}

/** The folder with the package.json that names it; undefined for our own files and what bundlers make up. */
function packageFolder(module: string): string | undefined {
  const marker = `${sep}node_modules${sep}`;
  const path = module.replace(/^\0+/, "").split("?")[0] ?? "";
  if (!path.includes(marker)) return undefined;
  const top = path.lastIndexOf(marker) + marker.length;
  const [scope = "", name = ""] = path.slice(top).split(sep);
  const folder = join(path.slice(0, top), scope.startsWith("@") ? join(scope, name) : scope);
  return existsSync(join(folder, "package.json")) ? folder : dirname(folder);
}

async function describe(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  if (!license) throw new Error(`${name} ${version}: package.json names no licence, so it cannot be shipped`);
  const file = (await readdir(folder)).filter((entry) => /^(licen[cs]e|copying|notice)/i.test(entry)).sort();
  const texts = await Promise.all(file.map((entry) => readFile(join(folder, entry), "utf8")));
  return [`${name} ${version} (${license})\n`, ...texts.map((text) => text.replaceAll("\r\n", "\n"))].join("\n");
}
