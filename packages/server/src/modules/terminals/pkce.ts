import { createHash, timingSafeEqual } from "node:crypto";

/** Is this the verifier that the challenge was made of (RFC 7636, S256)? Takes as long whatever is wrong. */
export function fitsChallenge(verifier: string, challenge: string): boolean {
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  const [found, expected] = [createHash("sha256").update(verifier).digest(), Buffer.from(challenge, "base64url")];
  return found.length === expected.length && timingSafeEqual(found, expected);
}
