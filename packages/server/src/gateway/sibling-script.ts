import { fileURLToPath } from "node:url";

/** Path of an entry file, given relative to the calling module without its ending: `.ts` from the sources, `.js` bundled. */
export function siblingScript(moduleUrl: string, name: string): string {
  const extension = /\.[cm]?[jt]s$/.exec(new URL(moduleUrl).pathname)?.[0] ?? ".js";
  return fileURLToPath(new URL(`${name}${extension}`, moduleUrl));
}
