import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installation } from "@pave/contract/installation";
import { version } from "../../kernel/version.ts";

/**
 * Package version and digest of the code, so that a new start can tell whether the gateway that runs already is the
 * one it would start. Bundled code is covered by the bundle's own files.
 */
export const gatewayCodeVersion: string = `${version}+${digestOfCode()}`;

function digestOfCode(): string {
  const isSource = !installation.isPacked;
  const folders = isSource
    ? ["gateway", "kernel"].map((part) => join(installation.root, "packages", "server", "src", part))
    : [join(installation.root, "dist")];
  const hashing = createHash("sha256");
  for (const folder of folders) {
    for (const path of readdirSync(folder, { recursive: isSource, encoding: "utf8" }).sort()) {
      const isCode = isSource ? path.endsWith(".ts") && !path.endsWith(".test.ts") : path.endsWith(".js");
      if (isCode) hashing.update(path).update(readFileSync(join(folder, path)));
    }
  }
  return hashing.digest("hex").slice(0, 12);
}
