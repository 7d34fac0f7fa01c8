import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

type Key = Awaited<ReturnType<typeof newKey>>;

export interface SignOptions {
  /** Signed with this key instead of the present one. */
  readonly key?: Key;
  /** The key's name in the header; another one than it has is a lie. */
  readonly kid?: string;
  readonly seconds?: number;
}

/** How the issuer behaves. */
export interface Behaviour {
  down?: boolean;
  silent?: boolean;
  /** What its discovery says of itself. */
  named?: string;
  keysUrl?: string;
  redirect?: string;
}

/** The claims that GitHub's and GitLab's tokens have, as their documentation lists them. */
export const githubClaims = (overrides: JWTPayload = {}): JWTPayload => ({
  sub: "repo:acme/flights:ref:refs/heads/main",
  ref: "refs/heads/main",
  sha: "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
  repository: "acme/flights",
  repository_owner: "acme",
  repository_id: "74",
  repository_owner_id: "65",
  run_id: "5551",
  actor: "octocat",
  event_name: "push",
  ref_type: "branch",
  workflow: "Pave",
  job_workflow_ref: "acme/flights/.github/workflows/pave.yml@refs/heads/main",
  ...overrides,
});
export const gitlabClaims = (overrides: JWTPayload = {}): JWTPayload => ({
  sub: "project_path:acme/ml/flights:ref_type:branch:ref:main",
  project_id: "22",
  project_path: "acme/ml/flights",
  namespace_path: "acme/ml",
  pipeline_source: "push",
  job_id: "301",
  ref: "main",
  ref_type: "branch",
  ref_path: "refs/heads/main",
  ref_protected: "true",
  user_login: "sample-user",
  sha: "714a629c0b401fdce83e847fc9589983fc6f46bc",
  ...overrides,
});

async function newKey(alg = "RS256") {
  const pair = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  return { ...pair, alg, kid, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: "sig" } };
}

/** A real OpenID issuer on loopback: discovery, keys, and the endpoint where a job of GitHub asks for its token. */
export async function startIssuer() {
  const behaviour: Behaviour = {};
  let key = await newKey();
  let published = [key];
  let asked = 0;
  /** What a job that asks gets, beside the audience. */
  let jobClaims: JWTPayload = githubClaims();
  const requestToken = randomUUID();

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const sign = async (audience: string | string[], claims: JWTPayload, options: SignOptions = {}): Promise<string> => {
    const by = options.key ?? key;
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: url,
      aud: audience,
      iat: now,
      nbf: now,
      exp: now + (options.seconds ?? 300),
      jti: randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ alg: by.alg, kid: options.kid ?? by.kid, typ: "JWT" })
      .sign(by.privateKey);
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    asked += 1;
    const json = (body: unknown, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const path = new URL(request.url ?? "/", url);
    if (path.pathname === "/job-token") {
      if (request.headers.authorization !== `bearer ${requestToken}`) return void json({}, 401);
      return void json({ value: await sign(path.searchParams.get("audience") ?? "", jobClaims) });
    }
    if (behaviour.silent) return;
    if (behaviour.down) return void json({}, 503);
    if (behaviour.redirect) return void response.writeHead(302, { location: behaviour.redirect }).end();
    if (path.pathname === "/.well-known/openid-configuration")
      return void json({ issuer: behaviour.named ?? url, jwks_uri: behaviour.keysUrl ?? `${url}/keys` });
    json({ keys: published.map(({ jwk }) => jwk) });
  }

  return {
    url,
    behaviour,
    sign,
    newKey,
    /** How often its discovery and keys were read. */
    asked: () => asked,
    present: () => key,
    /** A new key; the one before is published no longer. */
    async rotate() {
      key = await newKey();
      published = [key];
    },
    jobs(claims: JWTPayload) {
      jobClaims = claims;
    },
    /** The environment of a job of GitHub. */
    githubJob: (): Record<string, string> => ({
      GITHUB_ACTIONS: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/job-token?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    }),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
