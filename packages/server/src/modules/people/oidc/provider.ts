import { readFile } from "node:fs/promises";
import type * as client from "openid-client";
import { messageOf, PaveError } from "../../../kernel/pave-error.ts";
import type { Clock } from "../../../kernel/time.ts";
import type { OidcSettings } from "./oidc-settings.ts";
import { providerError } from "./provider-error.ts";

/** What the provider publishes is asked for again after this time: it may move its endpoints. */
const metadataMs = 5 * 60_000;

export interface Provider {
  /**
   * A client of its own for one sign-in: the provider's keys are fetched anew, so one that has just changed them is
   * understood. Throws `oidc.unavailable` or `oidc.misconfigured`.
   */
  client(): Promise<client.Configuration>;
  /** What the provider publishes about itself, no older than a few minutes. */
  metadata(): Promise<client.ServerMetadata>;
}

/** An OpenID provider, found by its issuer. Every request to it has a time limit. */
export function createProvider(settings: OidcSettings, clock: Clock): Provider {
  let known: { metadata: client.ServerMetadata; at: number } | undefined;

  const metadata = async (): Promise<client.ServerMetadata> => {
    const now = clock.now().getTime();
    if (known && now - known.at < metadataMs) return known.metadata;
    const { allowInsecureRequests, discovery } = await openidClient();
    try {
      const found = await discovery(new URL(settings.issuer), settings.clientId, undefined, undefined, {
        timeout: settings.timeoutMs / 1000,
        execute: isLoopback(settings.issuer) ? [allowInsecureRequests] : [],
      });
      // a plain object: helpers of the library do not survive a copy
      known = { metadata: JSON.parse(JSON.stringify(found.serverMetadata())) as client.ServerMetadata, at: now };
      return known.metadata;
    } catch (error) {
      throw providerError(settings, error);
    }
  };

  return {
    metadata,
    async client() {
      const secret = await readSecret(settings.clientSecretFile);
      const server = await metadata();
      const { allowInsecureRequests, Configuration, enableNonRepudiationChecks } = await openidClient();
      const found = new Configuration(server, settings.clientId, undefined, await authentication(server, secret));
      found.timeout = settings.timeoutMs / 1000;
      if (isLoopback(settings.issuer)) allowInsecureRequests(found);
      // signatures are checked although the token came over TLS: a proxy between is no reason to trust it
      enableNonRepudiationChecks(found);
      return found;
    },
  };
}

/** As the provider asks for it; most take the secret in the form or in the header. */
async function authentication(server: client.ServerMetadata, secret: string | undefined): Promise<client.ClientAuth> {
  const { ClientSecretBasic, ClientSecretPost, None } = await openidClient();
  if (secret === undefined) return None();
  const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return methods.includes("client_secret_basic") ? ClientSecretBasic(secret) : ClientSecretPost(secret);
}

/** Read with the first sign-in: most starts of a server need it never. */
const openidClient = () => import("openid-client");

async function readSecret(path: string): Promise<string | undefined> {
  if (path === "") return undefined;
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    throw new PaveError("oidc.misconfigured", "The file of PAVE_OIDC_CLIENT_SECRET_FILE cannot be read", {
      fix: "A platform admin gives the server's user the right to read it.",
      cause: new Error(messageOf(error)),
    });
  }
}

/** Only there may a provider speak HTTP without TLS. */
export const isLoopback = (url: string): boolean =>
  ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname) && new URL(url).protocol === "http:";
