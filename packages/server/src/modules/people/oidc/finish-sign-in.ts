import type * as client from "openid-client";
import { asActor, type Ctx } from "../../../db/context.ts";
import { systemActor } from "../../../kernel/actor.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import type { ProviderIdentity } from "../join-account.ts";
import { cookieName, digest, proofsOf } from "./begin-sign-in.ts";
import type { OidcSettings } from "./oidc-settings.ts";
import { takePendingSignIn } from "./oidc-store.ts";
import type { Provider } from "./provider.ts";
import { providerError } from "./provider-error.ts";

export interface FinishedSignIn {
  readonly identity: ProviderIdentity;
  readonly sid: string | null;
  readonly returnTo: string;
}

/**
 * What the provider's answer proves. State and browser must fit a sign-in that began here and is answered once; then
 * the code is exchanged, and the token's signature, issuer, audience, authorised party, nonce and time are checked.
 */
export async function finishSignIn(
  anonymous: Ctx,
  provider: Provider,
  settings: OidcSettings,
  input: {
    readonly redirectUri: string;
    readonly query: string;
    readonly cookie: (name: string) => string | undefined;
  },
): Promise<FinishedSignIn> {
  const ctx = asActor(anonymous, systemActor);
  const answer = new URLSearchParams(input.query);
  const state = answer.get("state") ?? "";
  const secret = input.cookie(cookieName(state));
  const { browser, nonce, verifier } = proofsOf(secret ?? "");
  const pending = secret ? await takePendingSignIn(ctx, digest(state), browser) : undefined;
  if (!pending)
    throw new PaveError(
      "oidc.sign_in_lost",
      "This sign-in began in another browser, took too long or was answered before",
      {
        fix: "Sign in again. Cookies of this site must be allowed.",
      },
    );
  const refused = answer.get("error");
  if (refused)
    throw new PaveError("oidc.denied", `${settings.name} let nobody in: ${knownError(refused)}`, {
      fix: "Sign in again, and let the provider tell this platform who you are.",
    });
  const { authorizationCodeGrant } = await import("openid-client");
  const configuration = await provider.client();
  try {
    const tokens = await authorizationCodeGrant(configuration, new URL(`${input.redirectUri}?${input.query}`), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error("the provider sent no id token");
    const all = await withUserInfo(configuration, settings, tokens.access_token, claims);
    return { identity: identityOf(settings, all, claims), sid: text(claims.sid), returnTo: pending.returnTo };
  } catch (error) {
    throw providerError(settings, error);
  }
}

/** Many providers tell e-mail and groups only there. */
async function withUserInfo(
  configuration: client.Configuration,
  settings: OidcSettings,
  accessToken: string,
  claims: client.IDToken,
): Promise<Record<string, unknown>> {
  const isWhole = claims.email !== undefined && claims[settings.claims.groups] !== undefined;
  if (isWhole || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
  const { fetchUserInfo } = await import("openid-client");
  return { ...claims, ...(await fetchUserInfo(configuration, accessToken, claims.sub)) };
}

function identityOf(
  settings: OidcSettings,
  all: Record<string, unknown>,
  { iss, sub }: client.IDToken,
): ProviderIdentity {
  const groups = all[settings.claims.groups];
  const email = text(all.email);
  return {
    issuer: iss,
    subject: sub,
    email: email !== null && /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 320 ? email.toLowerCase() : null,
    isEmailVerified: [true, "true"].includes(all[settings.claims.emailVerified] as boolean),
    called: text(all[settings.claims.name]) ?? text(all.name) ?? "",
    groups: (Array.isArray(groups) ? groups : [groups]).filter((one): one is string => typeof one === "string"),
  };
}

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Of what comes from outside only words that the standard has are repeated. */
const knownError = (error: string): string =>
  [
    "access_denied",
    "login_required",
    "consent_required",
    "interaction_required",
    "server_error",
    "temporarily_unavailable",
    "invalid_scope",
    "invalid_request",
    "unauthorized_client",
  ].includes(error)
    ? error.replaceAll("_", " ")
    : "it gave no reason";
