import { createHash } from "node:crypto";
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { asActor, type Ctx, inTransaction } from "../../../db/context.ts";
import { systemActor } from "../../../kernel/actor.ts";
import { messageOf, PaveError } from "../../../kernel/pave-error.ts";
import { addressLimit, countAttempt, endSessions } from "../../access/index.ts";
import type { OidcSettings } from "./oidc-settings.ts";
import { insertLogout } from "./oidc-store.ts";
import { isLoopback, type Provider } from "./provider.ts";
import { providerError } from "./provider-error.ts";

const event = "http://schemas.openid.net/event/backchannel-logout";
/** A logout token is sent at once; one of long ago is somebody else's who kept it. */
const oldestMs = 5 * 60_000;
/** Never a shared secret: whoever could read it could sign people out. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/**
 * Ends the sessions that a logout token of the provider names, by its session or its person (OpenID Connect
 * Back-Channel Logout 1.0). Throws `oidc.logout_refused` for one that does not hold; gives how many sessions ended.
 */
export async function takeLogout(
  anonymous: Ctx,
  provider: Provider,
  settings: OidcSettings,
  input: { readonly token: string; readonly address: string },
): Promise<number> {
  const attempt = await countAttempt(anonymous, [addressLimit("logout token", input.address)]);
  const claims = await verify(anonymous, provider, settings, input.token);
  const problem = problemOf(anonymous, claims);
  if (problem) throw refused(problem);
  await attempt.forgive();
  return inTransaction(asActor(anonymous, systemActor), async (ctx) => {
    const jti = createHash("sha256").update(`${claims.iss} ${claims.jti}`).digest("hex");
    const until = new Date(ctx.clock.now().getTime() + 2 * oldestMs);
    if (!(await insertLogout(ctx, jti, until))) throw refused("it was taken before");
    const of = { issuer: claims.iss ?? "", subject: claims.sub, sid: claims.sid as string | undefined };
    return endSessions(ctx, { oidc: of }, "signed out at the provider");
  });
}

async function verify(ctx: Ctx, provider: Provider, settings: OidcSettings, token: string): Promise<JWTPayload> {
  const { jwks_uri, issuer } = await provider.metadata();
  if (!jwks_uri || !(jwks_uri.startsWith("https:") || isLoopback(jwks_uri)))
    throw providerError(settings, new Error("the provider publishes no keys, or not over TLS"));
  // fetched for each: logouts are few, wrong ones are limited by address, and changed keys are understood at once
  const keys = createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: settings.timeoutMs });
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: settings.clientId,
      algorithms,
      clockTolerance: 30,
      currentDate: ctx.clock.now(),
      requiredClaims: ["iat", "jti", "events"],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError))
      throw providerError(settings, error);
    throw refused(messageOf(error));
  }
}

/** What a logout token must have beside a signature, an issuer and an audience that fit. */
function problemOf(ctx: Ctx, claims: JWTPayload): string | undefined {
  const { events, iat = 0, sub, sid } = claims as JWTPayload & { events?: Record<string, unknown> };
  if (typeof events !== "object" || events === null || typeof events[event] !== "object")
    return "its events claim is not that of a logout";
  if (claims.nonce !== undefined) return "it has a nonce, so it is an id token";
  if (sub === undefined && typeof sid !== "string") return "it names neither a person nor a session";
  if (typeof claims.jti !== "string" || claims.jti === "") return "it has no id";
  const ageMs = ctx.clock.now().getTime() - iat * 1000;
  if (ageMs > oldestMs) return "it is too old";
  if (ageMs < -30_000) return "it is of the future";
  return undefined;
}

const refused = (why: string) =>
  new PaveError("oidc.logout_refused", `The logout token does not hold: ${why}`, {
    fix: "The provider sends a new one, for this client, at once after somebody signs out.",
  });
