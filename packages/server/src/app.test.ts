import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RouteDefinition, type RouteName, routes } from "@pave/contract";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { createTestDatabase, type TestDatabase } from "./db/test-database.ts";
import { createHttpServer } from "./http/server.ts";
import { silentLogger } from "./kernel/logger.ts";
import { createPrincipal, createSignInLink, mintToken, setProjectRole } from "./modules/access/index.ts";

let database: TestDatabase;
let app: App;
let server: FastifyInstance;
let folder: string;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "pave-app-"));
  const config = readConfig({ PAVE_HOME: folder });
  const addresses = { apiUrl: "http://127.0.0.1:1", gatewayUrl: "http://127.0.0.1:2" };
  app = await createApp({ config, database: database.database, log: silentLogger, addresses, embeddedDatabase: false });
  const clientToken = await app.clientToken((await app.seed()).adminId);
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
  tokens.admin = clientToken;
  await call("POST", "/api/v1/projects", { token: clientToken, body: { name: "secret-project" } });
  const ctx = app.createContext();
  const project = await ctx.db
    .selectFrom("projects")
    .select("id")
    .where("name", "=", "secret-project")
    .executeTakeFirstOrThrow();
  for (const name of ["stranger", "viewer", "developer", "reviewer"] as const) {
    const { id } = await createPrincipal(ctx, { kind: "user", name });
    if (name !== "stranger") await setProjectRole(ctx, { projectId: project.id, principalId: id, role: name });
    tokens[name] = (await mintToken(ctx, { kind: "api", principalId: id, name, expiresInMs: 3_600_000 })).token;
  }
  const run = await createPrincipal(ctx, { kind: "run", name: "run" });
  tokens.run = (
    await mintToken(ctx, {
      kind: "run",
      principalId: run.id,
      name: "run",
      scopes: ["run.self"],
      projectId: project.id,
      expiresInMs: 3_600_000,
    })
  ).token;
});
afterAll(async () => {
  await server.close();
  await app.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Call {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function call(method: string, url: string, { token, body, headers = {} }: Call = {}) {
  const response = await server.inject({
    method: method as "GET",
    url,
    headers: { host: "127.0.0.1", ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: response.json<{ error?: { code: string; message: string; fix?: string } }>(),
  };
}

/** A path for the route that names the secret project and things that do not exist. */
const urlOf = (definition: RouteDefinition): string =>
  `/api/v1${definition.path
    .replace(":project", "secret-project")
    .replace(":digest", `sha256:${"0".repeat(64)}`)
    .replace(/:(run|plan)\b/g, "1")
    .replace(/:\w+/g, "x")}`;

const guarded = (Object.keys(routes) as RouteName[]).filter((name) => routes[name].permission !== "public");

describe("every route is denied without its permission", () => {
  test.each(guarded)("%s without a token", async (name) => {
    const { status, body } = await call(
      routes[name].method,
      urlOf(routes[name]),
      routes[name].method === "GET" ? {} : { body: {} },
    );
    expect([status, body.error?.code]).toEqual([401, "access.unauthenticated"]);
  });

  test.each(guarded.filter((name) => routes[name].path.includes(":project")))(
    "%s for a stranger: the project does not even exist",
    async (name) => {
      const { status, body } = await call(routes[name].method, urlOf(routes[name]), {
        token: tokens.stranger,
        ...(routes[name].method === "GET" ? {} : { body: {} }),
      });
      expect([status, body.error?.code]).toEqual([404, "project.not_found"]);
    },
  );

  test.each(guarded.filter((name) => routes[name].permission !== "run.self"))("%s for a run's token", async (name) => {
    const { status } = await call(routes[name].method, urlOf(routes[name]), {
      token: tokens.run,
      ...(routes[name].method === "GET" ? {} : { body: {} }),
    });
    expect([403, 404]).toContain(status);
  });

  test.each(
    guarded.filter(
      (name) =>
        /POST|PUT|PATCH|DELETE/.test(routes[name].method) &&
        routes[name].path.includes(":project") &&
        !["validateRevision", "lockRevision"].includes(name),
    ),
  )("%s changes something, so no viewer may", async (name) => {
    const { status, body } = await call(routes[name].method, urlOf(routes[name]), { token: tokens.viewer, body: {} });
    expect([status, body.error?.code]).toEqual([403, "access.denied"]);
    expect(body.error?.message).toContain(routes[name].permission);
  });

  test.each([
    ["developer", "startRun", true],
    ["developer", "approvePlan", false],
    ["reviewer", "approvePlan", true],
    ["reviewer", "startRun", false],
    ["reviewer", "setMember", false],
    ["developer", "createEnvironmentPlan", false],
    ["reviewer", "createEnvironmentPlan", false],
    ["reviewer", "approvePlatformPlan", false],
    ["viewer", "getPlatformPlan", true],
    ["developer", "exportLedger", false],
    ["developer", "claimWork", false],
    ["developer", "gatewayConfig", false],
  ] as const)("a %s and %s", async (role, name, allowed) => {
    const { status } = await call(routes[name].method, urlOf(routes[name]), {
      token: tokens[role],
      ...(routes[name].method === "GET" ? {} : { body: {} }),
    });
    // past the permission, the empty body or the missing plan is the next thing to be said
    expect(status !== 403).toBe(allowed);
  });
});

describe("a token that is limited makes nothing that is not", () => {
  const limited = async (limits: { scopes?: string[]; project?: string }) => {
    const { body } = await call("POST", "/api/v1/tokens", {
      token: tokens.admin,
      body: { name: "limited", ...limits },
    });
    return (body as unknown as { token: string }).token;
  };

  test.each([
    ["a project", { project: "secret-project" }],
    ["scopes", { scopes: ["platform.use", "project.read"] }],
  ])("an admin's, limited to %s", async (_limit, limits) => {
    const token = await limited(limits);
    const { body } = await call("GET", "/api/v1/tokens", { token: tokens.admin });
    const [victim] = (body as unknown as { items: { id: string }[] }).items.slice(-1);
    const answers = [
      await call("POST", "/api/v1/sign-in-links", { token, body: {} }),
      await call("POST", "/api/v1/sign-in-links", { token, body: { principal: "reviewer" } }),
      await call("POST", "/api/v1/tokens", { token, body: { name: "more" } }),
      await call("POST", `/api/v1/tokens/${victim?.id}/revoke`, { token, body: {} }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await call("POST", "/api/v1/sign-out", { token })).status).toBe(200);
    expect((await call("GET", "/api/v1/session", { token })).status).toBe(401);
  });
});

test("a scope that is no permission is refused, and so makes no token that is good for nothing", async () => {
  const body = { name: "typo", scopes: ["project.read", "deployment.predit"] };
  expect((await call("POST", "/api/v1/tokens", { token: tokens.admin, body })).body.error).toMatchObject({
    code: "request.invalid",
    message: "scopes: there is no permission deployment.predit; did you mean `deployment.predict`?",
  });
});

test.each(["approve", "reject", "apply"])("to %s a plan is to say which one was seen", async (verb) => {
  for (const plans of ["/api/v1/projects/secret-project/plans", "/api/v1/plans"]) {
    const { status, body } = await call("POST", `${plans}/1/${verb}`, { token: tokens.admin, body: {} });
    expect([status, body.error?.message]).toEqual([400, "body.hash: expected a text, found nothing"]);
  }
});

test("events of the platform are those of who may read the ledger, events of a project those of its readers", async () => {
  const read = async (token: string | undefined, query = "") => {
    const { body } = await call("GET", `/api/v1/ledger/events${query}`, { token });
    return (body as unknown as { items: { type: string; project: string | null }[] }).items;
  };
  const projects = async (token: string | undefined) => [...new Set((await read(token)).map(({ project }) => project))];
  expect(await projects(tokens.admin)).toEqual(expect.arrayContaining([null, "secret-project"]));
  expect(await projects(tokens.viewer)).toEqual(["secret-project"]);
  expect(await projects(tokens.stranger)).toEqual([]);
  const limited = async (scopes: string[]) => {
    const made = await call("POST", "/api/v1/tokens", { token: tokens.admin, body: { name: "limited", scopes } });
    return (made.body as unknown as { token: string }).token;
  };
  expect(await projects(await limited(["platform.use"]))).toEqual([]);
  expect(await projects(await limited(["platform.use", "project.read"]))).toEqual(["secret-project"]);
  expect(await projects(await limited(["platform.use", "ledger.read"]))).toEqual([null]);
  expect((await read(tokens.viewer, "?project=secret-project")).length).toBeGreaterThan(0);
  const { body } = await call("GET", "/api/v1/ledger/events?project=secret-project", { token: tokens.stranger });
  expect(body.error?.code).toBe("project.not_found");
});

describe("the edge", () => {
  test("a name that is not ours in the Host header is refused, so DNS cannot be rebound to us", async () => {
    expect((await call("GET", "/api/v1/health", { headers: { host: "evil.example" } })).status).toBe(400);
    expect((await call("GET", "/api/v1/health")).status).toBe(200);
  });

  test("a session cookie from another site changes nothing", async () => {
    const ctx = app.createContext();
    const admin = await ctx.db
      .selectFrom("principals")
      .select("id")
      .where("platform_admin", "=", true)
      .executeTakeFirstOrThrow();
    const { link } = await createSignInLink(ctx, admin.id);
    const signedIn = await call("POST", "/api/v1/sign-in", { body: { link } });
    const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
    expect(String(signedIn.headers["set-cookie"])).toMatch(/HttpOnly; SameSite=Strict/);
    const foreign = await call("POST", "/api/v1/tokens", {
      body: { name: "stolen" },
      headers: { cookie, origin: "http://evil.example" },
    });
    expect([foreign.status, foreign.body.error?.code]).toEqual([403, "access.denied"]);
    expect((await call("GET", "/api/v1/session", { headers: { cookie } })).status).toBe(200);
    expect(
      (
        await call("POST", "/api/v1/tokens", {
          body: { name: "mine" },
          headers: { cookie, origin: "http://127.0.0.1" },
        })
      ).status,
    ).toBe(200);
  });

  test.each([
    ["broken JSON", { payload: "{", type: "application/json" }, 400, "request.invalid"],
    ["a form", { payload: "a=1", type: "application/x-www-form-urlencoded" }, 415, "request.unsupported_media_type"],
    ["a wrong type", { payload: '{"name": 7}', type: "application/json" }, 400, "request.invalid"],
    [
      "a body over the limit",
      { payload: JSON.stringify({ name: "x".repeat(3_000_000) }), type: "application/json" },
      413,
      "request.too_large",
    ],
  ])("%s is one clear message", async (_name, { payload, type }, status, code) => {
    const response = await server.inject({
      method: "POST",
      url: "/api/v1/tokens",
      headers: { host: "127.0.0.1", authorization: `Bearer ${tokens.admin}`, "content-type": type },
      payload,
    });
    expect([response.statusCode, response.json<{ error: { code: string } }>().error.code]).toEqual([status, code]);
    expect(response.body).not.toMatch(/\bat .*\.ts:\d+/);
  });

  test("a body is not read from somebody who may not send it", async () => {
    const send = (token: string | undefined) =>
      server.inject({
        method: "POST",
        url: "/api/v1/tokens",
        headers: { host: "127.0.0.1", "content-type": "application/json", ...(token && { authorization: token }) },
        payload: "{".repeat(3_000_000),
      });
    expect((await send(undefined)).statusCode).toBe(401);
    expect((await send(`Bearer ${tokens.run}`)).statusCode).toBe(403);
    expect((await send(`Bearer ${tokens.admin}`)).statusCode).toBe(413);
  });

  test.each([
    [
      "a number",
      "/projects/secret-project/runs/99999999999999999999",
      'path.run: expected a whole number of at most 9007199254740991, found the text "99999999999999999999"',
    ],
    ["a limit", "/ledger/events?limit=1000", 'query.limit: expected a number of at most 200, found the text "1000"'],
    [
      "a state",
      "/projects/secret-project/runs?state=runing",
      'query.state: expected queued, running, succeeded, failed or cancelled, found the text "runing"; did you mean `running`?',
    ],
    ["a parameter", "/ledger/events?befor=7", "query.befor: there is no such parameter; did you mean `before`?"],
    ["parameters", "/session?a=1&b=2", "query.a: there is no such parameter (and 1 more)"],
  ])("%s that is wrong is told in words", async (_, path, message) => {
    const { status, body } = await call("GET", `/api/v1${path}`, { token: tokens.admin });
    expect([status, body.error?.message]).toEqual([400, message]);
  });

  test.each([
    [
      "text/plain",
      415,
      "The body must be JSON, found the content type text/plain",
      "Send it with content-type: application/json.",
    ],
    [
      "application/json; charset=latin1",
      415,
      "expected a body in UTF-8, found charset=latin1",
      "send JSON text encoded as UTF-8",
    ],
  ])("a body of type %s is refused", async (type, status, message, fix) => {
    const response = await server.inject({
      method: "POST",
      url: "/api/v1/tokens",
      headers: { host: "127.0.0.1", authorization: `Bearer ${tokens.admin}`, "content-type": type },
      payload: '{"name":"t"}',
    });
    expect([response.statusCode, response.json().error]).toMatchObject([status, { message, fix }]);
  });

  test("another method on a path that is there is 405 with those it takes", async () => {
    const { status, headers, body } = await call("DELETE", "/api/v1/projects", { token: tokens.admin });
    expect([status, headers.allow, body.error?.message]).toEqual([
      405,
      "GET, HEAD, POST",
      "/api/v1/projects: expected GET, HEAD or POST, found DELETE",
    ]);
    expect((await call("POST", "/api/v1/projects/secret-project/plans/1")).headers.allow).toBe("GET, HEAD");
  });

  test("a URL that cannot be decoded is refused in the form of the protocol that it belongs to", async () => {
    expect((await call("GET", "/api/v1/projects/%E0%A4%A")).body.error).toMatchObject({ code: "request.invalid" });
    for (const path of [
      "/api/2.0/mlflow-artifacts/artifacts/%E0%A4%A",
      "/ajax-api/2.0/mlflow/logged-models/%E0%A4%A",
    ]) {
      const { status, body } = await call("GET", path, { token: tokens.admin });
      expect([path, status, body]).toEqual([
        path,
        400,
        { error_code: "INVALID_PARAMETER_VALUE", message: expect.stringContaining("%E0%A4%A") },
      ]);
    }
  });

  test("an unknown path and a token that is none say what to do", async () => {
    expect((await call("GET", "/api/v1/nothing")).body.error).toMatchObject({ code: "request.not_found" });
    expect((await call("GET", "/api/v1/session", { token: "nonsense" })).body.error).toMatchObject({
      code: "access.token_invalid",
      fix: expect.stringContaining("pave tokens create"),
    });
  });
});
