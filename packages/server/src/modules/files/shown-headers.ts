import { extname } from "node:path";

/*
 * Files come from whoever may log a run, and are shown from the portal's own origin, to people who may do more than
 * that. What keeps them apart:
 *
 * - Pictures are shown by `<img>`, in which an SVG runs no script and loads nothing. Opened by itself, its answer is a
 *   sandbox without scripts.
 * - A page (HTML that MLflow's evaluation or a plotting library wrote) draws itself by scripts. It is shown in a frame
 *   with `sandbox="allow-scripts"`, and its answer says the same by its policy, so that it holds as well where somebody
 *   opens the address by itself. Without `allow-same-origin` its origin is one that nothing else has: no cookie, no
 *   storage, nothing of the portal's page, and a request to the API goes without the session. The policy lets it load
 *   and ask nothing, not even from here, so what it was given in the file stays in it; it can open no window, send no
 *   form and lead the portal nowhere.
 * - Anything else is a download.
 */

const pictures: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".bmp": "image/bmp",
  ".svg": "image/svg+xml",
};

const withoutScripts = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const page = [
  "sandbox allow-scripts",
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob: data:",
  "style-src 'unsafe-inline'",
  "img-src data: blob:",
  "font-src data:",
  "worker-src blob:",
  "connect-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join("; ");

export type ShownAs = "image" | "page";

/** How a browser may be shown a file of this name; undefined where it may not. */
export function shownAs(path: string): ShownAs | undefined {
  const ending = extname(path).toLowerCase();
  if (Object.hasOwn(pictures, ending)) return "image";
  return ending === ".html" || ending === ".htm" ? "page" : undefined;
}

export function shownHeaders(path: string): Readonly<Record<string, string>> | undefined {
  const common = { "cross-origin-resource-policy": "same-origin", "referrer-policy": "no-referrer" };
  switch (shownAs(path)) {
    case "image":
      return {
        ...common,
        "content-type": pictures[extname(path).toLowerCase()] ?? "application/octet-stream",
        "content-security-policy": withoutScripts,
      };
    case "page":
      return { ...common, "content-type": "text/html; charset=utf-8", "content-security-policy": page };
    case undefined:
      return undefined;
  }
}
