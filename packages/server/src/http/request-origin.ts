import type { IncomingHttpHeaders } from "node:http";
import { PaveError } from "../kernel/pave-error.ts";

const loopback = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

/** Refuses names that are not ours, so that a hostile page cannot reach a loopback listener by rebinding DNS. */
export function assertTrustedHost(host: string | undefined, allowedHosts: readonly string[]): void {
  const name = (host ?? "").replace(/:\d+$/, "").toLowerCase();
  if (loopback.has(name) || allowedHosts.includes(name)) return;
  throw new PaveError("request.invalid", `The host ${name || "(none)"} is not one this server answers for`, {
    fix: "Add it to PAVE_ALLOWED_HOSTS.",
  });
}

/** A session cookie comes along by itself; a request that changes something must also come from our own pages. */
export function assertSameOrigin(headers: IncomingHttpHeaders): void {
  const origin = headers.origin;
  const site = headers["sec-fetch-site"];
  if (site === "same-origin" || (origin !== undefined && URL.canParse(origin) && new URL(origin).host === headers.host))
    return;
  throw new PaveError("access.denied", "The request came from another site", {
    fix: "Use the portal itself, or a token.",
  });
}
