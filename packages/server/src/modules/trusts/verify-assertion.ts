import type { Issuer } from "@pave/contract";
import { decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import { isPaveError, PaveError } from "../../kernel/pave-error.ts";
import type { Clock } from "../../kernel/time.ts";
import type { IssuerKeys } from "./issuer-keys.ts";

export interface VerifyAssertion {
  readonly issuers: readonly Issuer[];
  readonly keys: IssuerKeys;
  /** Who the token must be for: this platform's URL. */
  readonly audience: string;
  readonly clock: Clock;
}

export interface Assertion {
  readonly issuer: Issuer;
  readonly jti: string;
  readonly expiresAt: Date;
  readonly claims: JWTPayload;
}

/** Signatures with a public key only: with a shared secret, whoever reads the issuer's public keys could sign. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const toleranceSeconds = 30;
const maxLength = 20_000;

/** The claims of a token of an allowed issuer, signed by a key of its own, for this platform, at this time. */
export async function verifyAssertion(token: string, options: VerifyAssertion): Promise<Assertion> {
  const issuer = allowedIssuer(token, options.issuers);
  const now = options.clock.now();
  try {
    const { payload } = await jwtVerify(token, options.keys.keysOf(issuer.url), {
      issuer: issuer.url,
      audience: options.audience,
      algorithms,
      clockTolerance: toleranceSeconds,
      currentDate: now,
      requiredClaims: ["exp", "iat", "jti", "sub"],
    });
    const { iat = 0, exp = 0, jti = "" } = payload;
    if (iat > now.getTime() / 1000 + toleranceSeconds)
      throw invalid(`was issued in the future, at ${time(iat)}`, "Compare the clocks of the issuer and of the server.");
    if (typeof jti !== "string" || jti === "") throw invalid("has no id (`jti`)", anew);
    return { issuer, jti, expiresAt: new Date(exp * 1000), claims: payload };
  } catch (error) {
    throw isPaveError(error) ? error : refusal(error, token, options.audience);
  }
}

const anew = "Let the job ask its CI for a token anew, just before it is used.";

export const invalid = (what: string, fix: string): PaveError =>
  new PaveError("access.assertion_invalid", `The job's token ${what}`, { fix });

function allowedIssuer(token: string, issuers: readonly Issuer[]): Issuer {
  const iss = token.length > maxLength ? undefined : claimsOf(token)?.iss;
  if (typeof iss !== "string")
    throw invalid("is none: expected a JWT with an issuer", "Send what the CI gives as an ID token, unchanged.");
  const found = issuers.find(({ url }) => url === iss);
  if (found) return found;
  throw new PaveError(
    "access.not_trusted",
    `The issuer ${iss.slice(0, 200)} is not one that this platform takes tokens of`,
    {
      fix: `A platform admin allows it with PAVE_CI_ISSUERS. Allowed: ${issuers.map(({ url }) => url).join(", ") || "none"}.`,
    },
  );
}

function claimsOf(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** What jose found, in words that a stranger can act on. */
function refusal(error: unknown, token: string, audience: string): Error {
  if (error instanceof errors.JWTExpired) return invalid(`expired at ${time(Number(error.payload.exp))}`, anew);
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim } = error;
    if (claim === "aud")
      return invalid(
        `is for ${JSON.stringify(claimsOf(token)?.aud ?? null).slice(0, 200)}, expected ${JSON.stringify(audience)}`,
        `Ask for it with the audience ${audience}: that is PAVE_URL, and of GitLab the \`aud\` of \`id_tokens\`.`,
      );
    if (claim === "nbf")
      return invalid("is not good yet (`nbf`)", "Compare the clocks of the issuer and of the server.");
    return invalid(`has a claim that does not fit: ${claim}`, anew);
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return invalid("is not signed with a public key's algorithm", `Expected one of ${algorithms.join(", ")}.`);
  if (error instanceof errors.JWKSNoMatchingKey)
    return invalid("is signed with a key that its issuer does not publish", anew);
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalid("has a signature that does not fit", anew);
  if (error instanceof errors.JOSEError) return invalid("cannot be read", "Send what the CI gives, unchanged.");
  return error instanceof Error ? error : new Error(String(error));
}

const time = (seconds: number): string =>
  Number.isFinite(seconds) && Math.abs(seconds) < 8e12 ? new Date(seconds * 1000).toISOString() : String(seconds);
