import { setTimeout as sleep } from "node:timers/promises";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { Clock } from "../../kernel/time.ts";
import type { Principal } from "../access/index.ts";
import { addressLimit, countAttempt } from "../access/index.ts";
import type { From } from "./accept-invitation.ts";
import { beginSignIn } from "./oidc/begin-sign-in.ts";
import type { OidcSettings } from "./oidc/oidc-settings.ts";
import { createProvider } from "./oidc/provider.ts";
import { createMappingReader, type ProviderAnswer, signInByProvider } from "./sign-in-by-provider.ts";

export interface PeopleDeps {
  /** Undefined: there is no provider. */
  readonly oidc: OidcSettings | undefined;
  /** May people sign in with passwords? */
  readonly passwords: boolean;
  /** Origin of the portal. */
  portalUrl(): string;
  /** Called when sessions ended or roles changed, so that gateways hear of it at once. */
  keysChanged(ctx: Ctx): Promise<void>;
  /** Hands what the person alone holds to the successor; throws where they hold something and none is named. */
  beforeDisable(ctx: Ctx, person: Principal, successor: string | undefined): Promise<void>;
  readonly clock: Clock;
}

export type People = ReturnType<typeof createPeople>;

/** How people come in. Reads the mapping of groups once at the start, so that a broken one is told there. */
export function createPeople(deps: PeopleDeps) {
  const oidc = deps.oidc && {
    settings: deps.oidc,
    provider: createProvider(deps.oidc, deps.clock),
    mapping: createMappingReader(deps.oidc),
  };
  const redirectUri = () => new URL("/oidc/callback", deps.portalUrl()).href;
  const needOidc = () => {
    if (oidc) return oidc;
    throw new PaveError("oidc.off", "This platform has no sign-in provider", {
      fix: "Sign in by a link or password; a platform admin sets PAVE_OIDC_ISSUER and PAVE_OIDC_CLIENT_ID.",
    });
  };
  return {
    deps,
    /** The provider's name, for buttons and lists. */
    providerName: deps.oidc?.name ?? null,
    isProvider: (issuer: string) => deps.oidc !== undefined && isSameIssuer(deps.oidc.issuer, issuer),
    async begin(ctx: Ctx, { returnTo, address }: { readonly returnTo: string; readonly address: string }) {
      const { provider, settings } = needOidc();
      await countAttempt(ctx, [{ ...addressLimit("begin", address), most: 300 }]);
      return beginSignIn(ctx, provider, settings, { redirectUri: redirectUri(), returnTo });
    },
    async finish(ctx: Ctx, answer: Omit<ProviderAnswer, "redirectUri">, from: From) {
      const done = await signInByProvider(ctx, needOidc(), { ...answer, redirectUri: redirectUri() }, from);
      if (done.rolesChanged) await deps.keysChanged(ctx);
      return done;
    },
    async logout(ctx: Ctx, input: { readonly token: string; readonly address: string }) {
      const { provider, settings } = needOidc();
      const { takeLogout } = await import("./oidc/take-logout.ts");
      const ended = await takeLogout(ctx, provider, settings, input);
      if (ended > 0) await deps.keysChanged(ctx);
      return ended;
    },
    /** The provider's page that ends its own session; null where it has none or does not answer within a second. */
    async providerSignOut(_ctx: Ctx, issuer: string): Promise<string | null> {
      if (!oidc || !isSameIssuer(oidc.settings.issuer, issuer)) return null;
      const known = oidc.provider.metadata().catch(() => undefined);
      const metadata = await Promise.race([known, sleep(1_000, undefined, { ref: false })]);
      if (!metadata?.end_session_endpoint) return null;
      const url = new URL(metadata.end_session_endpoint);
      url.searchParams.set("client_id", oidc.settings.clientId);
      url.searchParams.set("post_logout_redirect_uri", new URL("/sign-in", deps.portalUrl()).href);
      return url.href;
    },
  };
}

/** As people write it in a setting, with or without the slash at the end. */
const isSameIssuer = (one: string, other: string): boolean => one.replace(/\/$/, "") === other.replace(/\/$/, "");
