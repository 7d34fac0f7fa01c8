import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { decodeJwt, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import Provider from "oidc-provider";

/*
 * The real `oidc-provider` on a loopback port, with people whose claims a test chooses. It can be down, slow, change
 * its keys, and lie: the id tokens and the metadata that it sends are then changed on their way out.
 */

export interface TestPerson {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly preferred_username?: string;
  readonly groups?: readonly string[];
}

/** How the provider misbehaves at the moment. */
export interface Misbehaviour {
  down?: boolean;
  /** Every answer comes so much later. */
  delayMs?: number;
  /** Claims of the next id tokens, over those that are true. */
  claims?: JWTPayload;
  /** Id tokens are signed with a key that the provider does not publish. */
  foreignKey?: boolean;
  /** This token instead of the one that was made. */
  idToken?: string;
  metadata?: Record<string, unknown>;
}

export type TestProvider = Awaited<ReturnType<typeof startTestProvider>>;

export const clientSecret = "a-secret-that-only-tests-know";

export async function startTestProvider() {
  let listener: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer(async (request, response) => {
    if (wrong.down) return void request.socket.destroy();
    if (wrong.delayMs) await delay(wrong.delayMs);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const people = new Map<string, TestPerson>();
  const wrong: Misbehaviour = {};
  const sent: string[] = [];
  let keys = await newKey();
  let clientUrl = "";

  const provide = () => {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: "pave",
          client_secret: clientSecret,
          redirect_uris: [`${clientUrl}/oidc/callback`],
          post_logout_redirect_uris: [`${clientUrl}/sign-in`],
          backchannel_logout_uri: `${clientUrl}/oidc/logout`,
          backchannel_logout_session_required: true,
        },
      ],
      jwks: { keys: [keys.jwk] },
      cookies: { keys: ["test"] },
      claims: { email: ["email", "email_verified"], profile: ["preferred_username"], groups: ["groups"] },
      scopes: ["openid", "email", "profile", "groups"],
      features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
      pkce: { required: () => true },
      findAccount: (_ctx: unknown, sub: string) => ({
        accountId: sub,
        claims: () => ({ sub, ...people.get(sub) }),
      }),
      // everybody agrees: the forms are of no interest here, and one is enough
      async loadExistingGrant(ctx: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
        const { client, session } = ctx.oidc;
        const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope("openid email profile groups");
        await grant.save();
        return grant;
      },
      // by itself it refuses to tell anybody on a loopback address
      fetch: (url: URL, { dispatcher: _refusing, ...options }: RequestInit & { dispatcher?: unknown }) =>
        fetch(url, options),
    });
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.path === "/.well-known/openid-configuration" && wrong.metadata)
        ctx.body = { ...(ctx.body as object), ...wrong.metadata };
      if (ctx.path === "/token") ctx.body = await lie(ctx.body as { id_token?: string });
    });
    listener = provider.callback();
  };

  const lie = async (body: { id_token?: string }): Promise<object> => {
    if (!body.id_token) return body;
    const token = wrong.idToken ?? (wrong.claims || wrong.foreignKey ? await changed(body.id_token) : body.id_token);
    sent.push(token);
    return { ...body, id_token: token };
  };
  const changed = async (token: string) =>
    sign({ ...decodeJwt(token), ...wrong.claims }, wrong.foreignKey ? await newKey() : keys);
  const sign = (claims: JWTPayload, by = keys, typ = "JWT") =>
    new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: keys.jwk.kid, typ }).sign(by.privateKey);

  return {
    issuer,
    people,
    wrong,
    /** Id tokens that it sent. */
    sent,
    /** Signs claims with the key that it publishes now, or with one that it does not. */
    sign: async (claims: JWTPayload, options: { foreignKey?: boolean } = {}) =>
      sign(claims, options.foreignKey ? await newKey() : keys, "logout+jwt"),
    /** It is told where Pave is, once that is known. */
    register(url: string) {
      clientUrl = url;
      provide();
    },
    async changeKeys() {
      keys = await newKey();
      provide();
    },
    behave() {
      for (const key of Object.keys(wrong) as (keyof Misbehaviour)[]) delete wrong[key];
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

let made = 0;

async function newKey() {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  made += 1;
  const jwk = { ...(await exportJWK(privateKey)), kid: `key-${made}`, alg: "RS256", use: "sig" };
  return { privateKey, jwk };
}
