import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What the package is called on a registry. `pave` alone is a stranger's. */
export const packageName = "@pave-ml/pave";

/** Those with native code, which no bundle can hold. */
const dependencies = ["@duckdb/node-api", "onnxruntime-node"];

/** Writes package.json with the versions that our own packages name; gives the version. */
export async function writeManifest(root: string, folder: string): Promise<string> {
  const workspace = await readJson(join(root, "package.json"));
  const server = await readJson(join(root, "packages", "server", "package.json"));
  const manifest = {
    name: packageName,
    version: server.version,
    description: workspace.description,
    license: workspace.license,
    type: "module",
    engines: { node: ">=24" },
    bin: { pave: "bin/pave.js" },
    dependencies: Object.fromEntries(dependencies.map((name) => [name, server.dependencies?.[name]])),
    optionalDependencies: server.optionalDependencies,
  };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return server.version ?? "0.0.0";
}

interface PackageJson {
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const readJson = async (path: string): Promise<PackageJson> => JSON.parse(await readFile(path, "utf8")) as PackageJson;
