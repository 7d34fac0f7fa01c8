import type { Issuer } from "@pave/contract";
import { issuerKinds } from "@pave/contract/settings";

const loopback = ["127.0.0.1", "[::1]", "localhost"];

/** `https://gitlab.example.com=gitlab` to an issuer; a text says what is wrong with it. */
export function parseIssuer(text: string): Issuer | string {
  const [, url = "", kind = ""] = /^(.*)=(\w+)$/.exec(text) ?? [];
  const found = issuerKinds.find((one) => one === kind);
  if (!found) return `expected URL=${issuerKinds.join(" or URL=")}, found ${text}`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.username !== "" || parsed.password !== "" || parsed.search !== "" || parsed.hash !== "")
    return `expected a URL without a name, a password and a query, found ${url}`;
  if (parsed.protocol !== "https:" && !(parsed.protocol === "http:" && loopback.includes(parsed.hostname)))
    return `expected https (http only for this machine itself), found ${url}`;
  return { url, kind: found };
}

/** Those of the setting, which was found to be right when it was read. */
export const issuersOf = (entries: readonly string[]): Issuer[] =>
  entries.map(parseIssuer).filter((issuer) => typeof issuer !== "string");
