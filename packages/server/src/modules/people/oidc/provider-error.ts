import type { ErrorCode } from "@pave/contract";
import { isPaveError, messageOf, PaveError } from "../../../kernel/pave-error.ts";
import type { OidcSettings } from "./oidc-settings.ts";

const messages = {
  "oidc.unavailable": {
    message: (name: string) => `${name} does not answer, or not as an OpenID provider does`,
    fix: "Try again in a moment; sign in by a link or password meanwhile. Everybody who is signed in stays so.",
  },
  "oidc.misconfigured": {
    message: (name: string) => `${name} does not accept this platform as its client`,
    fix: "A platform admin compares PAVE_OIDC_CLIENT_ID, the client secret and the redirect URI with what the provider has.",
  },
  "oidc.token_refused": {
    message: (name: string) => `What ${name} sent does not prove who you are`,
    fix: "Sign in again. If it goes on, a platform admin compares PAVE_OIDC_ISSUER and PAVE_OIDC_CLIENT_ID with the provider, and the clocks of both machines.",
  },
} as const;

/** A failure of the provider, or of what it sent, in our words; what exactly was wrong is the cause, for the server's log. */
export function providerError(settings: OidcSettings, error: unknown): PaveError {
  if (isPaveError(error)) return error;
  const code = codeOf(error);
  return new PaveError(code, messages[code].message(settings.name), {
    fix: messages[code].fix,
    cause: new Error(describe(error)),
  });
}

function codeOf(error: unknown): Extract<ErrorCode, keyof typeof messages> {
  const { code, error: answered } = error as { code?: string; error?: string };
  if (answered !== undefined && ["invalid_client", "unauthorized_client"].includes(answered))
    return "oidc.misconfigured";
  if (code === "OAUTH_WWW_AUTHENTICATE_CHALLENGE") return "oidc.misconfigured";
  // the code was used, is another client's, or belongs to another PKCE verifier
  if (answered === "invalid_grant") return "oidc.token_refused";
  return refusals.has(code ?? "") ? "oidc.token_refused" : "oidc.unavailable";
}

/** Codes of `oauth4webapi` for tokens and answers that do not hold. */
const refusals: ReadonlySet<string> = new Set([
  "OAUTH_JWT_TIMESTAMP_CHECK_FAILED",
  "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
  "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED",
  "OAUTH_KEY_SELECTION_FAILED",
  "OAUTH_INVALID_RESPONSE",
  "OAUTH_INVALID_REQUEST",
  "OAUTH_UNSUPPORTED_OPERATION",
]);

/** With the causes: the library says there which claim or key it was. */
function describe(error: unknown): string {
  const parts: string[] = [];
  for (let one: unknown = error; one instanceof Error && parts.length < 4; one = one.cause) {
    const code = "code" in one ? ` (${String(one.code)})` : "";
    parts.push(`${messageOf(one)}${code}`);
  }
  return parts.join(": ") || "unknown";
}
