import type { UsedPlatform } from "./platform.ts";

/**
 * A token that the person made, signed in by a link, as approvals ask for: one that a plan's author made for somebody
 * else approves nothing.
 */
export async function ownToken(platform: Pick<UsedPlatform, "json">, person: string): Promise<string> {
  const { url } = await platform.json<{ url: string }>(["open", "--print", "--principal", person]);
  const { origin, hash } = new URL(url);
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${origin}/api/v1${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin, ...headers },
      body: JSON.stringify(body),
    });
  const signedIn = await post("/sign-in", { link: hash.slice(1) });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const made = await post("/tokens", { name: person, expiresInDays: 1 }, { cookie });
  const { token } = (await made.json()) as { token?: string };
  if (token === undefined) throw new Error(`${person} got no token: ${signedIn.status}, ${made.status}`);
  return token;
}
