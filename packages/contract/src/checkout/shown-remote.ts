/** A remote's URL as it may be told: without user, password and what follows the path. Null where that is not sure. */
export function shownRemote(remote: string): string | null {
  if (!remote.includes("://")) return remote.replace(/^[^@/]*:[^@/]*@/, "") || null;
  if (!URL.canParse(remote)) return null;
  const url = Object.assign(new URL(remote), { username: "", password: "", search: "", hash: "" });
  return url.href;
}
