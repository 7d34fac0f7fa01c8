import type { JSONWebKeySet, JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { type Clock, systemClock } from "../../kernel/time.ts";
import { fetchJson, issuerUnavailable } from "./fetch-json.ts";

const keptMs = 10 * 60_000;
/** An unknown key makes the issuer be asked again at most so often, whoever sends what. */
const cooldownMs = 30_000;

interface Kept {
  readonly keys: JWTVerifyGetKey;
  readonly readAt: number;
}

/** The keys of issuers, by discovery (`/.well-known/openid-configuration`); kept for ten minutes, rotation is noticed. */
export interface IssuerKeys {
  keysOf(issuer: string): JWTVerifyGetKey;
}

export function createIssuerKeys({ clock = systemClock }: { readonly clock?: Clock } = {}): IssuerKeys {
  const kept = new Map<string, Kept>();
  const reading = new Map<string, Promise<Kept>>();
  const now = () => clock.now().getTime();

  /** Those that ask while it is being read wait for the same answer. */
  const read = (issuer: string): Promise<Kept> => {
    const running = reading.get(issuer);
    if (running) return running;
    const started = readKeys(issuer)
      .then((keys) => {
        const entry = { keys, readAt: now() };
        kept.set(issuer, entry);
        return entry;
      })
      .finally(() => reading.delete(issuer));
    reading.set(issuer, started);
    return started;
  };

  return {
    keysOf: (issuer) => async (header, token) => {
      const known = kept.get(issuer);
      const entry = known && now() - known.readAt < keptMs ? known : await read(issuer);
      try {
        return await entry.keys(header, token);
      } catch (error) {
        const isUnknown = (error as { code?: unknown }).code === "ERR_JWKS_NO_MATCHING_KEY";
        if (!isUnknown || entry !== known || now() - entry.readAt < cooldownMs) throw error;
        return (await read(issuer)).keys(header, token);
      }
    },
  };
}

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.string() });
const keysSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

async function readKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const discovery = discoverySchema.safeParse(await fetchJson(url));
  if (!discovery.success) throw issuerUnavailable(url, "it has no `issuer` and `jwks_uri`");
  const { issuer: named, jwks_uri: keysUrl } = discovery.data;
  if (named !== issuer) throw issuerUnavailable(url, `it says that it is ${named.slice(0, 200)}`);
  if (!URL.canParse(keysUrl) || new URL(keysUrl).origin !== new URL(issuer).origin)
    throw issuerUnavailable(url, "its keys are at another host, which nobody allowed");
  const keys = keysSchema.safeParse(await fetchJson(keysUrl));
  if (!keys.success) throw issuerUnavailable(keysUrl, "what it answered is no set of keys");
  const { createLocalJWKSet } = await import("jose");
  return createLocalJWKSet(keys.data as JSONWebKeySet);
}
