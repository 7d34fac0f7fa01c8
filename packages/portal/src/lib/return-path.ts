const key = "pave-return";
/** Whoever takes longer has forgotten where they were going. */
const goodMs = 15 * 60_000;

/** Keeps where somebody was going who has to sign in first. A one-time link may open another tab, so all tabs see it. */
export function rememberReturn(path = window.location.pathname + window.location.search): void {
  try {
    localStorage.setItem(key, JSON.stringify({ path, at: Date.now() }));
  } catch {
    // a browser that keeps nothing: they go on from the home page
  }
}

/** Where to go after signing in, once; always a path of the portal itself. */
export function takeReturn(): string {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as { path?: unknown; at?: unknown } | null;
    localStorage.removeItem(key);
    return returnPath(kept, Date.now());
  } catch {
    return "/";
  }
}

/** The path that was kept, if it is one and not too old. */
export function returnPath(kept: { readonly path?: unknown; readonly at?: unknown } | null, now: number): string {
  if (typeof kept?.path !== "string" || typeof kept.at !== "number" || now - kept.at > goodMs) return "/";
  return /^\/(?![/\\])[^\\]*$/.test(kept.path) && !kept.path.startsWith("/sign-in") ? kept.path : "/";
}
