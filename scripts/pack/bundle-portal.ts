import { join } from "node:path";
import { build } from "vite";

/** Builds the portal into `<folder>/portal`; gives the files of other packages that are in it. */
export async function bundlePortal(root: string, folder: string): Promise<readonly string[]> {
  const portal = join(root, "packages", "portal");
  const built = await build({
    root: portal,
    configFile: join(portal, "vite.config.ts"),
    logLevel: "error",
    build: { outDir: join(folder, "portal"), emptyOutDir: true },
  });
  const outputs = [built].flat().flatMap((each) => ("output" in each ? each.output : []));
  return outputs.flatMap((chunk) => (chunk.type === "chunk" ? Object.keys(chunk.modules) : []));
}
