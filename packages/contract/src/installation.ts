/**
 * Where the parts of this installation lie. A checkout is run as it is written; the package that `npm run pack` makes
 * has the same folders at its top, the portal and the migrations beside them, and all code bundled in `dist/`: flat, one
 * file for each entry. Needs Node.
 */
import { join } from "node:path";

const isPacked = !import.meta.filename.endsWith(".ts");
const root = isPacked ? join(import.meta.dirname, "..") : join(import.meta.dirname, "..", "..", "..");

export const installation = {
  isPacked,
  /** The folder with `components/`, `templates/`, `environments/`, `python/` and `docs/`. */
  root,
  portal: isPacked ? join(root, "portal") : join(root, "packages", "portal", "dist"),
  migrations: isPacked ? join(root, "migrations") : join(root, "packages", "server", "src", "db", "migrations"),
  /** What of it is needed to run the code in it, beside the packages that it imports. */
  code: isPacked ? ["dist"] : ["packages/contract", "packages/server/src/kernel", "packages/server/src/gateway"],
} as const;

/** The file that Node runs as a process of its own; `entry` is its path in the repository, without the ending. */
export function entryFile(entry: string, folder: string = root): string {
  return isPacked ? join(folder, "dist", packedName(entry)) : join(folder, `${entry}.ts`);
}

/** `packages/server/src/gateway/worker` is `server-gateway-worker.js` in a package. */
export const packedName = (entry: string): string =>
  `${entry
    .replace(/^packages\//, "")
    .replace("/src/", "/")
    .replaceAll("/", "-")}.js`;
