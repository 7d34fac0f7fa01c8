import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { decodeJwt } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type App, createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { createTestDatabase, type TestDatabase } from "./db/test-database.ts";
import { createHttpServer } from "./http/server.ts";
import { silentLogger } from "./kernel/logger.ts";
import { createPrincipal, disablePrincipal } from "./modules/access/index.ts";
import { createTestBrowser } from "./modules/people/testing/test-browser.ts";
import { clientSecret, startTestProvider, type TestProvider } from "./modules/people/testing/test-provider.ts";

let database: TestDatabase;
let app: App;
let server: FastifyInstance;
let provider: TestProvider;
let folder: string;
let url: string;
let admin: string;
const groupsFile = () => join(folder, "groups.yaml");

beforeAll(async () => {
  [database, provider, folder] = [
    await createTestDatabase(),
    await startTestProvider(),
    await mkdtemp(join(tmpdir(), "pave-sign-in-")),
  ];
  await writeFile(join(folder, "secret"), `${clientSecret}\n`);
  await writeFile(
    groupsFile(),
    mapping(["ml: { teams: [team-ml], roles: { shared: reviewer, gone: viewer } }", "root: { admin: true }"]),
  );
  const config = readConfig({
    PAVE_HOME: folder,
    PAVE_OIDC_ISSUER: provider.issuer,
    PAVE_OIDC_CLIENT_ID: "pave",
    PAVE_OIDC_CLIENT_SECRET_FILE: join(folder, "secret"),
    PAVE_OIDC_SCOPES: "openid email profile groups",
    PAVE_OIDC_NAME: "Example ID",
    PAVE_OIDC_GROUPS_FILE: groupsFile(),
    PAVE_OIDC_ALLOWED_DOMAINS: "open.example",
    PAVE_OIDC_ALLOWED_GROUPS: "ml",
    PAVE_OIDC_TIMEOUT_SECONDS: "0.5",
  });
  const addresses = { apiUrl: "", gatewayUrl: "http://127.0.0.1:2" };
  app = await createApp({ config, database: database.database, log: silentLogger, addresses, embeddedDatabase: false });
  server = await createHttpServer({
    handlers: app.handlers,
    protocols: app.protocols,
    access: app.access,
    createContext: app.createContext,
    log: silentLogger,
    allowedHosts: [],
    secureCookies: false,
    checkResponses: true,
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  addresses.apiUrl = url;
  provider.register(url);
  admin = await app.clientToken((await app.seed()).adminId);
  await api("POST", "/principals", { kind: "team", name: "team-ml" });
  await api("POST", "/projects", { name: "shared" });
});
afterEach(() => provider.behave());
afterAll(async () => {
  await provider.stop();
  await server.close();
  await app.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const mapping = (groups: string[]) => `apiVersion: pave/v1\nkind: groups\ngroups:\n  ${groups.join("\n  ")}\n`;

/** A call of the API, as the admin unless a session is given. */
async function api<T>(method: string, path: string, body?: unknown, session?: string) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(session ? { cookie: `pave_session=${session}`, origin: url } : { authorization: `Bearer ${admin}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

const person = (name: string, claims: object = {}) =>
  provider.people.set(name, {
    email: `${name}@example.com`,
    email_verified: true,
    preferred_username: name,
    ...claims,
  });

const here = (address: string) => address.startsWith(url) && !address.includes("/oidc/");

/** Signs in at the provider; gives where the browser landed, and its session. */
async function signIn(login: string, to = "/projects", browser = createTestBrowser()) {
  const landed = await browser.signIn(`${url}/oidc/start?${new URLSearchParams({ to })}`, login, here);
  const session = browser.cookiesOf(url).get("pave_session");
  return { landed: landed.slice(url.length), session, browser };
}

const problemOf = (landed: string) => new URL(landed, url).searchParams.get("problem");
const sessionOf = (session: string | undefined) =>
  api<{ principal: { name: string }; platformAdmin: boolean; teams: string[]; roles: object }>(
    "GET",
    "/session",
    undefined,
    session ?? "none",
  );

describe("by the provider", () => {
  test("an invited person comes in by their verified e-mail, with what the invitation and their groups give", async () => {
    person("grace", { groups: ["ml", "others"], email: "Grace@Example.com" });
    await api("POST", "/invitations", { email: "grace@example.com", name: "grace", roles: { shared: "viewer" } });
    const { landed, session } = await signIn("grace", "/projects/shared?tab=runs#plans");
    expect(landed).toBe("/projects/shared?tab=runs#plans");
    const { body } = await sessionOf(session);
    expect(body).toMatchObject({
      principal: { name: "grace" },
      platformAdmin: false,
      teams: ["team-ml"],
      roles: { shared: "reviewer" },
    });
    const members = await api<{ items: object[] }>("GET", "/projects/shared/members");
    expect(members.body.items).toContainEqual({
      principal: expect.objectContaining({ name: "grace" }),
      role: "reviewer",
      byGroup: true,
    });
    expect((await api<{ items: object[] }>("GET", "/invitations")).body.items).toEqual([]);
    expect((await api<{ items: object[] }>("GET", "/people")).body.items).toContainEqual(
      expect.objectContaining({
        name: "grace",
        email: "grace@example.com",
        signsInBy: ["provider", "link"],
        teams: ["team-ml"],
      }),
    );
  });

  test("groups are read at every sign-in: what they gave goes with them, what was given by hand stays", async () => {
    person("linus", { groups: ["ml", "root"] });
    const first = await signIn("linus");
    expect((await sessionOf(first.session)).body).toMatchObject({ platformAdmin: true, teams: ["team-ml"] });
    expect(await api("DELETE", "/teams/team-ml/members/linus")).toMatchObject({
      status: 409,
      body: { error: { code: "access.conflict" } },
    });
    await api("POST", "/principals", { kind: "team", name: "team-hand" });
    await api("PUT", "/teams/team-hand/members/linus");
    person("linus", { groups: [] });
    const second = await signIn("linus");
    expect((await sessionOf(second.session)).body).toMatchObject({
      platformAdmin: false,
      teams: ["team-hand"],
      roles: {},
    });
    // the session of before has no more rights than its person has now
    expect((await sessionOf(first.session)).body).toMatchObject({ platformAdmin: false });
  });

  test("a mapping that is broken meanwhile gives what the last good one gave; a new one holds without a restart", async () => {
    person("vera", { groups: ["ml", "late"] });
    await writeFile(groupsFile(), "groups: [");
    expect((await sessionOf((await signIn("vera")).session)).body.teams).toEqual(["team-ml"]);
    await writeFile(
      groupsFile(),
      mapping([
        "ml: { teams: [team-ml], roles: { shared: reviewer } }",
        "root: { admin: true }",
        "late: { admin: true }",
      ]),
    );
    expect((await sessionOf((await signIn("vera")).session)).body.platformAdmin).toBe(true);
  });

  test("without an invitation only who the settings are open to comes in", async () => {
    person("mallory");
    const { landed, session } = await signIn("mallory");
    expect([problemOf(landed), session]).toEqual(["oidc.not_invited", undefined]);
    person("ada", { email: "ada@open.example", preferred_username: "Ada Lovelace" });
    expect((await sessionOf((await signIn("ada")).session)).body.principal.name).toBe("ada-lovelace");
    person("eve", { email: "eve@open.example", email_verified: false });
    expect(problemOf((await signIn("eve")).landed)).toBe("oidc.email_unverified");
  });

  test("an address that nobody verified takes over neither an invitation nor an account", async () => {
    await createPrincipal(app.createContext(), {
      kind: "user",
      name: "boss",
      email: "boss@example.com",
      platformAdmin: true,
    });
    person("thief", { email: "boss@example.com", email_verified: false });
    expect(problemOf((await signIn("thief")).landed)).toBe("oidc.email_unverified");
    person("real-boss", { email: "boss@example.com" });
    expect((await sessionOf((await signIn("real-boss")).session)).body.principal.name).toBe("boss");
    person("second-boss", { email: "boss@example.com" });
    expect(problemOf((await signIn("second-boss")).landed)).toBe("oidc.account_conflict");
  });

  test("who was removed stays out until somebody invites them again", async () => {
    person("rachel", { groups: ["ml"] });
    const { session } = await signIn("rachel");
    expect((await api("POST", "/people/rachel/remove")).status).toBe(200);
    expect((await sessionOf(session)).status).toBe(401);
    expect(problemOf((await signIn("rachel")).landed)).toBe("oidc.account_disabled");
    await api("POST", "/invitations", { email: "rachel@example.com" });
    expect((await sessionOf((await signIn("rachel")).session)).body.principal.name).toBe("rachel-2");
  });

  test("an answer is worth nothing in another browser, a second time, or after it took too long", async () => {
    person("walter", { groups: ["ml"] });
    const browser = createTestBrowser();
    const callback = await browser.signIn(`${url}/oidc/start`, "walter", (address) =>
      address.startsWith(`${url}/oidc/callback`),
    );
    const thief = await createTestBrowser().ask(callback);
    expect(problemOf(thief.next ?? "")).toBe("oidc.sign_in_lost");
    const cookies = new Map(browser.cookiesOf(url));
    expect((await browser.ask(callback)).next).toBe(`${url}/`);
    for (const [name, value] of cookies) browser.cookiesOf(url).set(name, value);
    expect(problemOf((await browser.ask(callback)).next ?? "")).toBe("oidc.sign_in_lost");
    // a forged state, and what a provider says when somebody changes their mind
    expect(problemOf((await browser.ask(`${url}/oidc/callback?code=x&state=y`)).next ?? "")).toBe("oidc.sign_in_lost");
  });

  test("somebody who says no at the provider is told so", async () => {
    const browser = createTestBrowser();
    const { next } = await browser.ask(`${url}/oidc/start`);
    const state = new URL(next ?? "").searchParams.get("state") ?? "";
    const { next: landed } = await browser.ask(
      `${url}/oidc/callback?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`,
    );
    expect(problemOf(landed ?? "")).toBe("oidc.denied");
  });

  test("nobody is sent to another site after signing in", async () => {
    for (const to of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in"])
      expect((await signIn("walter", to)).landed).toBe("/");
  });
});

describe("a token that does not hold lets nobody in", () => {
  const now = () => Math.floor(Date.now() / 1000);
  test.each([
    ["of another issuer", () => ({ claims: { iss: "https://evil.example" } })],
    ["for another client", () => ({ claims: { aud: "other" } })],
    ["for several clients, of which another may use it", () => ({ claims: { aud: ["pave", "other"], azp: "other" } })],
    ["expired", () => ({ claims: { iat: now() - 7200, exp: now() - 3600 } })],
    ["of another sign-in", () => ({ claims: { nonce: "another" } })],
    ["without a nonce", () => ({ claims: { nonce: undefined as never } })],
    ["signed with a key that is not the provider's", () => ({ foreignKey: true })],
  ])("%s", async (_name, misbehaviour) => {
    person("walter", { groups: ["ml"] });
    Object.assign(provider.wrong, misbehaviour());
    const { landed, session } = await signIn("walter");
    expect([problemOf(landed), session]).toEqual(["oidc.token_refused", undefined]);
    provider.behave();
    expect((await signIn("walter")).session).toBeDefined();
  });

  test("one that was good for somebody else before", async () => {
    person("walter", { groups: ["ml"] });
    await signIn("walter");
    Object.assign(provider.wrong, { idToken: provider.sent.at(-1) });
    expect(problemOf((await signIn("mallory")).landed)).toBe("oidc.token_refused");
  });

  test("an unsigned one", async () => {
    const { iss } = decodeJwt(provider.sent.at(-1) ?? "");
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const idToken = `${part({ alg: "none" })}.${part({ iss, sub: "boss", aud: "pave", iat: now(), exp: now() + 60 })}.`;
    Object.assign(provider.wrong, { idToken });
    expect(problemOf((await signIn("walter")).landed)).toBe("oidc.token_refused");
  });
});

describe("a provider in trouble", () => {
  test("that changes its keys is understood at once", async () => {
    person("walter", { groups: ["ml"] });
    await provider.changeKeys();
    expect((await signIn("walter")).session).toBeDefined();
  });

  test("that is down or slow is told within its time limit, and nobody who is signed in notices", async () => {
    const { session, browser } = await signIn("walter");
    const callback = await browser.signIn(`${url}/oidc/start`, "walter", (address) =>
      address.startsWith(`${url}/oidc/callback`),
    );
    for (const misbehaviour of [{ down: true }, { delayMs: 3_000 }]) {
      provider.behave();
      const { next } = await createTestBrowser().ask(`${url}/oidc/start`);
      expect(next).toContain(provider.issuer);
      const again = await browser.signIn(`${url}/oidc/start`, "walter", (address) =>
        address.startsWith(`${url}/oidc/callback`),
      );
      Object.assign(provider.wrong, misbehaviour);
      const began = performance.now();
      expect(problemOf((await browser.ask(again)).next ?? "")).toBe("oidc.unavailable");
      expect(performance.now() - began).toBeLessThan(2_500);
      expect((await sessionOf(session)).status).toBe(200);
      expect((await api("POST", "/sign-in/password", { account: "walter", password: "wrong" })).status).toBe(401);
    }
    expect(callback).toContain("/oidc/callback");
  });
});

describe("signing out", () => {
  test("at the provider ends the sessions that it names and no others", async () => {
    person("quinn", { groups: ["ml"] });
    const [one, two] = [await signIn("quinn"), await signIn("quinn")];
    const other = await signIn("walter");
    const { sid, sub } = decodeJwt(provider.sent.at(-2) ?? "");
    expect(typeof sid).toBe("string");
    // the provider's own logout, with its form, tells us by the back channel
    const { sid: quinnSid } = decodeJwt(provider.sent.at(-3) ?? "") as { sid: string };
    expect(await logout({ sid: quinnSid, sub: "quinn" })).toBe(200);
    expect([await statusOf(one), await statusOf(two), await statusOf(other)]).toEqual([401, 200, 200]);
    expect(await logout({ sub: sub as string })).toBe(200);
    expect([await statusOf(two), await statusOf(other)]).toEqual([401, 200]);
  });

  test.each([
    ["signed by somebody else", {}, { foreignKey: true }],
    ["of another issuer", { iss: "https://evil.example" }, {}],
    ["for another client", { aud: "other" }, {}],
    ["with a nonce, as an id token has", { nonce: "x" }, {}],
    ["without the event", { events: undefined }, {}],
    ["with another event", { events: { "http://example.com/other": {} } }, {}],
    ["that names nobody", { sub: undefined }, {}],
    ["without an id", { jti: undefined }, {}],
    ["of an hour ago", { iat: Math.floor(Date.now() / 1000) - 3600, exp: Math.floor(Date.now() / 1000) + 60 }, {}],
    ["that has expired", { exp: Math.floor(Date.now() / 1000) - 60 }, {}],
  ])("a logout token %s ends nothing", async (_name, claims, options) => {
    person("quinn", { groups: ["ml"] });
    const session = await signIn("quinn");
    expect(await logout({ sub: "quinn", ...claims }, options)).toBe(400);
    expect(await statusOf(session)).toBe(200);
  });

  test("a logout token is taken once", async () => {
    expect(await logout({ sub: "nobody", jti: "twice" })).toBe(200);
    expect(await logout({ sub: "nobody", jti: "twice" })).toBe(400);
    const { status } = await fetch(`${url}/oidc/logout`, { method: "POST", body: "" });
    expect(status).toBe(400);
  });

  test("here leads on to the provider, whose own logout comes back by the back channel", async () => {
    person("quinn", { groups: ["ml"] });
    const [mine, elsewhere] = [await signIn("quinn"), await signIn("walter")];
    const { body } = await api<{ continueAt: string }>("POST", "/sign-out", undefined, mine.session);
    const address = new URL(body.continueAt);
    expect([address.origin, address.searchParams.get("client_id")]).toEqual([provider.issuer, "pave"]);
    const form = await (await mine.browser.ask(address.href)).response.text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? "";
    const action = /action="([^"]+)"/.exec(form)?.[1] ?? "";
    const { next } = await mine.browser.ask(action, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ xsrf, logout: "yes" }).toString(),
    });
    expect(next).toBe(`${url}/sign-in`);
    expect([await statusOf(mine), await statusOf(elsewhere)]).toEqual([401, 200]);
    const { body: local } = await api<{ continueAt: null }>("POST", "/sign-out", undefined, (await byLink()) ?? "");
    expect(local.continueAt).toBeNull();
  });

  test("the real provider's back-channel logout reaches us", async () => {
    person("quinn", { groups: ["ml"] });
    const at = await signIn("quinn");
    // the provider is signed out of directly, as another application would: our session goes with it
    const form = await (await at.browser.ask(`${provider.issuer}/session/end?client_id=pave`)).response.text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? "";
    expect(await statusOf(at)).toBe(200);
    await at.browser.ask(`${provider.issuer}/session/end/confirm`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ xsrf, logout: "yes" }).toString(),
    });
    await expect.poll(() => statusOf(at), { timeout: 5_000 }).toBe(401);
  });

  const statusOf = async ({ session }: { session: string | undefined }) => (await sessionOf(session)).status;

  async function logout(claims: Record<string, unknown>, options: { foreignKey?: boolean } = {}): Promise<number> {
    const seconds = Math.floor(Date.now() / 1000);
    const token = await provider.sign(
      {
        iss: provider.issuer,
        aud: "pave",
        iat: seconds,
        exp: seconds + 120,
        jti: `jti-${Math.random()}`,
        events: { "http://schemas.openid.net/event/backchannel-logout": {} },
        ...claims,
      },
      options,
    );
    const { status } = await fetch(`${url}/oidc/logout`, {
      method: "POST",
      body: new URLSearchParams({ logout_token: token }),
    });
    return status;
  }
});

/** A session by one-time link. */
async function byLink(principal?: string) {
  const { body } = await api<{ url: string }>("POST", "/sign-in-links", principal ? { principal } : {});
  const response = await fetch(`${url}/api/v1/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ link: body.url.split("#")[1] }),
  });
  return /pave_session=([^;]+)/.exec(response.headers.get("set-cookie") ?? "")?.[1];
}

describe("before anybody is sent anywhere", () => {
  const startWith = async (trouble: Partial<TestProvider["wrong"]>) => {
    const other = await startTestProvider();
    const config = readConfig({
      PAVE_HOME: folder,
      PAVE_OIDC_ISSUER: other.issuer,
      PAVE_OIDC_CLIENT_ID: "pave",
      PAVE_OIDC_TIMEOUT_SECONDS: "0.3",
    });
    const addresses = { apiUrl: "http://127.0.0.1:1", gatewayUrl: "http://127.0.0.1:2" };
    const asked = await createApp({
      config,
      database: database.database,
      log: silentLogger,
      addresses,
      embeddedDatabase: false,
    });
    try {
      other.register(url);
      Object.assign(other.wrong, trouble);
      const start = asked.protocols.find(({ name }) => name === "oidc")?.routes[0];
      const request = { headers: { host: "127.0.0.1:1" }, query: "", remoteAddress: "192.0.2.1" };
      const answer = await start?.handle(asked.createContext(), request as never);
      return problemOf(String(answer?.headers?.location));
    } finally {
      await asked.close();
      await other.stop();
    }
  };

  test.each([
    ["lies about its issuer", { metadata: { issuer: "https://evil.example" } }, "oidc.token_refused"],
    ["is down", { down: true }, "oidc.unavailable"],
    ["is slow", { delayMs: 2_000 }, "oidc.unavailable"],
  ])("a provider that %s is told on the sign-in page", async (_name, trouble, expected) => {
    expect(await startWith(trouble)).toBe(expected);
  });

  test("a secret that the provider does not know is the admin's to mend; a new one in the file needs no restart", async () => {
    person("walter", { groups: ["ml"] });
    await writeFile(join(folder, "secret"), "another");
    expect(problemOf((await signIn("walter")).landed)).toBe("oidc.misconfigured");
    await writeFile(join(folder, "secret"), clientSecret);
    expect((await signIn("walter")).session).toBeDefined();
  });

  test("the browser is first sent to the name that the provider sends it back to, once", async () => {
    const { port } = new URL(url);
    const browser = createTestBrowser();
    const { next } = await browser.ask(`http://localhost:${port}/oidc/start?to=/projects`);
    expect(next).toBe(`${url}/oidc/start?to=%2Fprojects&moved=1`);
    const again = await browser.ask(`http://localhost:${port}/oidc/start?moved=1`);
    expect(again.next).toContain(provider.issuer);
  });
});

test("tokens that are nobody's are counted by address; who has a good one does not notice", async () => {
  const bad = `pave_api_${"0".repeat(32)}_0000000`;
  const ask = async (token: string) =>
    (await fetch(`${url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } })).status;
  const answers = new Set<number>();
  for (let tries = 0; tries < 310; tries += 1) answers.add(await ask(bad));
  expect([[...answers], await ask(admin)]).toEqual([[401, 429], 200]);
});

test("disabling a principal keeps working beside all this", async () => {
  const { id } = await createPrincipal(app.createContext(), { kind: "user", name: "short-stay" });
  const session = await byLink("short-stay");
  expect((await sessionOf(session)).status).toBe(200);
  await disablePrincipal(app.createContext(), id);
  expect((await sessionOf(session)).status).toBe(401);
});
