import type { IncomingHttpHeaders } from "node:http";
import { PaveError } from "../kernel/pave-error.ts";

const loopback = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

/** Answers over TLS say that only TLS is to be used from now on; a name that others on a machine share promises nothing. */
export const strictTransport = (request: {
  readonly protocol: string;
  readonly host: string;
}): Record<string, string> =>
  request.protocol === "https" && !loopback.has(hostName(request.host))
    ? { "strict-transport-security": "max-age=31536000" }
    : {};

const hostName = (host: string): string => host.replace(/:\d+$/, "").toLowerCase();

/** Refuses names that are not ours, so that a hostile page cannot reach a loopback listener by rebinding DNS. */
export function assertTrustedHost(host: string | undefined, allowedHosts: readonly string[]): void {
  const name = hostName(host ?? "");
  if (loopback.has(name) || allowedHosts.includes(name)) return;
  throw new PaveError("request.invalid", `The host ${name || "(none)"} is not one this server answers for`, {
    fix: "Add it to PAVE_ALLOWED_HOSTS.",
  });
}

/**
 * A session cookie comes along by itself; a request that changes something must also come from our own pages. `host` is
 * what the browser asked for, which a trusted proxy may have to tell.
 */
export function assertSameOrigin(headers: IncomingHttpHeaders, host: string): void {
  const origin = headers.origin;
  const site = headers["sec-fetch-site"];
  if (site === "same-origin" || (origin !== undefined && URL.canParse(origin) && new URL(origin).host === host)) return;
  throw new PaveError("access.denied", "The request came from another site", {
    fix: "Use the portal itself, or a token.",
  });
}
