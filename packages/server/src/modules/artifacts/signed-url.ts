import { createHmac, timingSafeEqual } from "node:crypto";
import { PaveError } from "../../kernel/pave-error.ts";
import type { Clock } from "../../kernel/time.ts";

const lifetimeSeconds = 3600;
const blobsPath = "/api/v1/blobs/";

/** What a signature permits: one method on one blob until it expires, for an upload of exactly so many bytes. */
export type BlobGrant =
  | { readonly method: "GET"; readonly digest: string }
  | { readonly method: "PUT"; readonly digest: string; readonly size: number };

/** Path and query below the api's URL; whoever holds it needs nothing else. */
export function signUrl(grant: BlobGrant, key: string, clock: Clock): string {
  const expires = String(Math.floor(clock.now().getTime() / 1000) + lifetimeSeconds);
  const query = new URLSearchParams({
    ...(grant.method === "PUT" ? { size: String(grant.size) } : {}),
    expires,
    signature: sign(grant, expires, key),
  });
  return `${blobsPath}${grant.digest}?${query}`;
}

/** Throws unless the URL was signed with this key for this grant and is still good. */
export function verifySignature(
  grant: BlobGrant,
  given: { readonly expires: string; readonly signature: string },
  key: string,
  clock: Clock,
): void {
  const expected = Buffer.from(sign(grant, given.expires, key));
  const found = Buffer.from(given.signature);
  if (expected.length !== found.length || !timingSafeEqual(expected, found)) {
    throw new PaveError(
      "blob.signature_invalid",
      `The signature of this URL does not fit ${grant.method} of ${grant.digest}`,
      {
        fix: "Use the URL exactly as it was given, for the same method and content",
      },
    );
  }
  // Only now: an expiry that was not signed tells nothing.
  if (Number(given.expires) * 1000 < clock.now().getTime()) {
    throw new PaveError(
      "blob.signature_invalid",
      `This URL expired at ${new Date(Number(given.expires) * 1000).toISOString()}`,
      { fix: "Ask for a new one" },
    );
  }
}

function sign(grant: BlobGrant, expires: string, key: string): string {
  const text = [grant.method, grant.digest, expires, grant.method === "PUT" ? String(grant.size) : ""].join("\n");
  return createHmac("sha256", key).update(text).digest("base64url");
}
