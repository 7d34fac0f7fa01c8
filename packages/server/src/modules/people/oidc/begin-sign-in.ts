import { createHash, randomBytes } from "node:crypto";
import type { Ctx } from "../../../db/context.ts";
import type { OidcSettings } from "./oidc-settings.ts";
import { insertPendingSignIn } from "./oidc-store.ts";
import type { Provider } from "./provider.ts";

/** How long somebody may take at the provider. */
export const signInMs = 10 * 60_000;

/**
 * Nonce and PKCE verifier are made from one secret that only the browser's cookie has, so an answer of the provider is
 * worth nothing in another browser, and nothing to who reads the database.
 */
export const proofsOf = (secret: string) => ({
  nonce: digest(`nonce ${secret}`),
  verifier: digest(`verifier ${secret}`),
  browser: digest(`browser ${secret}`),
});

export const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");

export interface BegunSignIn {
  /** Where the browser goes. */
  readonly url: string;
  /** Name and value of the cookie that it comes back with. */
  readonly cookie: { readonly name: string; readonly value: string };
}

/** One cookie for each sign-in, so that two tabs do not take each other's. */
export const cookieName = (state: string): string => `pave_oidc_${digest(state).slice(0, 8)}`;

export async function beginSignIn(
  ctx: Ctx,
  provider: Provider,
  settings: OidcSettings,
  input: { readonly redirectUri: string; readonly returnTo: string },
): Promise<BegunSignIn> {
  const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await import("openid-client");
  const configuration = await provider.client();
  const [state, secret] = [randomBytes(24).toString("base64url"), randomBytes(32).toString("base64url")];
  const { nonce, verifier, browser } = proofsOf(secret);
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: input.redirectUri,
    scope: settings.scopes,
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  await insertPendingSignIn(ctx, {
    state: digest(state),
    browser,
    returnTo: safePath(input.returnTo),
    expiresAt: new Date(ctx.clock.now().getTime() + signInMs),
  });
  return { url: url.href, cookie: { name: cookieName(state), value: secret } };
}

/** A path of the portal and nothing else: a link must not send who signs in to another site. */
function safePath(text: string): string {
  const here = "http://pave.invalid";
  const url = text.startsWith("/") && URL.canParse(text, here) ? new URL(text, here) : undefined;
  if (!url || url.origin !== here || url.pathname.startsWith("/sign-in")) return "/";
  return `${url.pathname}${url.search}${url.hash}`.slice(0, 2000);
}
