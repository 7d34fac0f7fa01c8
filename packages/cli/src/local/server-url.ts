import { CliError } from "../command.ts";

const loopback = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** The origin that a person means: `pave.example.com` is `https://pave.example.com`. What comes behind it is left out. */
export function serverUrl(given: string, options: { readonly insecure: boolean }): string {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `https://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === "")
    throw new CliError(`${given} is no address of a server`, {
      fix: "For example: pave login https://pave.example.com",
    });
  if (url.username !== "" || url.password !== "")
    throw new CliError("The address has a name or a password in it", { fix: "Leave them out: you sign in otherwise." });
  if (url.protocol === "http:" && !loopback.has(url.hostname) && !options.insecure)
    throw new CliError(`${url.origin} is plain http: whoever is on the way could read your token and act as you`, {
      fix: `Use https://${url.host}, or say --insecure if you mean it.`,
    });
  return url.origin;
}
