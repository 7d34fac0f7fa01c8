import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { createTestDatabase, type TestDatabase } from "./db/test-database.ts";
import { createHttpServer } from "./http/server.ts";
import { silentLogger } from "./kernel/logger.ts";
import { createPrincipal, mintToken, setProjectRole } from "./modules/access/index.ts";
import { newTokenText } from "./modules/access/token-text.ts";
import { freeName } from "./modules/people/person-name.ts";

let database: TestDatabase;
let app: App;
let server: FastifyInstance;
let folder: string;
const tokens: Record<string, string> = {};

/** Ada is admin of one project, Bob of another, Dev is a developer of Ada's; nobody of them is the platform's. */
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "pave-tokens-"));
  const addresses = { apiUrl: "https://pave.example.com", gatewayUrl: "http://127.0.0.1:2" };
  const config = readConfig({ PAVE_HOME: folder });
  app = await createApp({ config, database: database.database, log: silentLogger, addresses, embeddedDatabase: false });
  tokens.root = await app.clientToken((await app.seed()).adminId);
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
  const ctx = app.createContext();
  const people = [
    ["ada", "admin", "adas"] as const,
    ["bob", "admin", "bobs"] as const,
    ["dev", "developer", "adas"] as const,
  ];
  for (const name of ["adas", "bobs"]) await call("root", "POST", "/projects", { name });
  for (const [name, role, project] of people) {
    const { id } = await createPrincipal(ctx, { kind: "user", name });
    const found = await ctx.db
      .selectFrom("projects")
      .select("id")
      .where("name", "=", project)
      .executeTakeFirstOrThrow();
    await setProjectRole(ctx, { projectId: found.id, principalId: id, role });
    tokens[name] = (await mintToken(ctx, { kind: "api", principalId: id, name, expiresInMs: 3_600_000 })).token;
  }
});
afterAll(async () => {
  await server.close();
  await app.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function call(who: string, method: string, path: string, body?: object, address = "127.0.0.1") {
  const response = await server.inject({
    method: method as "GET",
    url: `/api/v1${path}`,
    remoteAddress: address,
    headers: { host: "127.0.0.1", authorization: `Bearer ${tokens[who] ?? who}` },
    ...(body === undefined ? {} : { payload: body }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers of many routes
  return { status: response.statusCode, body: response.json() as any };
}

describe("a project's service accounts", () => {
  test("are made, given tokens for the project alone, and ended by its admins, and by nobody of another", async () => {
    const path = "/projects/adas/service-accounts";
    expect((await call("dev", "POST", path, { name: "batch" })).status).toBe(403);
    expect((await call("bob", "POST", path, { name: "batch" })).status).toBe(404);
    expect(await call("ada", "POST", path, { name: "batch", role: "viewer" })).toMatchObject({
      status: 200,
      body: { project: "adas" },
    });
    expect((await call("ada", "POST", path, { name: "other", role: "reviewer" })).status).toBe(400);

    const ask = { name: "nightly", principal: "batch" };
    expect(await call("ada", "POST", "/tokens", ask)).toMatchObject({
      status: 403,
      body: { error: { fix: expect.stringContaining("--project") } },
    });
    for (const [who, project] of [
      ["bob", "bobs"],
      ["bob", "adas"],
      ["ada", "bobs"],
      ["dev", "adas"],
    ] as const)
      expect((await call(who, "POST", "/tokens", { ...ask, project })).status, `${who} ${project}`).toBe(403);
    const made = await call("ada", "POST", "/tokens", { ...ask, project: "adas", scopes: ["read"] });
    expect(made.body.record).toMatchObject({
      project: "adas",
      scopes: ["platform.use", "project.read"],
      origin: "made",
    });
    expect(await call(made.body.token, "GET", "/session")).toMatchObject({ body: { principal: { name: "batch" } } });
    expect((await call(made.body.token, "GET", "/projects/bobs")).status).toBe(404);

    const { id } = made.body.record;
    const sees = async (who: string) =>
      (await call(who, "GET", "/tokens")).body.items.some((token: { id: string }) => token.id === id);
    expect([await sees("ada"), await sees("bob"), await sees("dev"), await sees("root")]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect((await call("bob", "POST", `/tokens/${id}/revoke`, {})).status).toBe(404);
    const rotated = await call("ada", "POST", `/tokens/${id}/rotate`, { overlapMinutes: 60 });
    expect(rotated.body.old).toMatchObject({ id, replacedBy: rotated.body.record.id });
    expect((await call(made.body.token, "GET", "/session")).status).toBe(200);
    expect((await call("bob", "POST", `${path}/batch/disable`, {})).status).toBe(404);
    expect((await call("ada", "POST", `${path}/batch/disable`, {})).status).toBe(200);
    expect((await call(rotated.body.token, "GET", "/session")).status).toBe(401);
  });

  test("cannot be made to approve what their keeper proposes", async () => {
    await call("ada", "POST", "/projects/adas/service-accounts", { name: "yes-sayer" });
    expect(await call("ada", "PUT", "/projects/adas/members/yes-sayer", { role: "reviewer" })).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringContaining("approvals are people's") } },
    });
  });

  test("trusts are the project's admins' to give", async () => {
    const body = { issuer: "https://gitlab.com", repository: "acme/flights", branch: "main" };
    expect((await call("dev", "POST", "/projects/adas/trusts", body)).status).toBe(403);
    const added = await call("ada", "POST", "/projects/adas/trusts", body);
    expect(added).toMatchObject({ status: 200, body: { serviceAccount: { name: "adas-ci" }, role: "developer" } });
    expect((await call("bob", "DELETE", `/projects/bobs/trusts/${added.body.id}`)).status).toBe(404);
    expect((await call("bob", "GET", "/projects/adas/trusts")).status).toBe(404);
    expect((await call("ada", "DELETE", `/projects/adas/trusts/${added.body.id}`)).status).toBe(200);
    expect(await call("dev", "GET", "/issuers")).toMatchObject({
      body: { audience: "https://pave.example.com", items: [{ kind: "github" }, { kind: "gitlab" }] },
    });
    expect(await call("ada", "POST", "/projects/adas/trusts", { ...body, branch: undefined })).toMatchObject({
      status: 400,
    });
  });
});

describe("tokens", () => {
  test("a limited one makes, rotates and revokes no other; a preset stands for its permissions", async () => {
    const { body } = await call("ada", "POST", "/tokens", { name: "ci", project: "adas", scopes: ["ci"] });
    expect(body.record.scopes).toContain("run.start");
    for (const [path, ask] of [
      ["/tokens", { name: "x" }],
      [`/tokens/${body.record.id}/rotate`, {}],
    ] as const)
      expect((await call(body.token, "POST", path, ask)).status).toBe(403);
    expect(await call("ada", "POST", "/tokens", { name: "x", scopes: ["predct"] })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("did you mean `predict`?") } },
    });
    expect(await call(body.token, "GET", "/tokens/current")).toMatchObject({
      body: { token: { id: body.record.id, lastUsedFrom: "127.0.0.1" } },
    });
    expect((await call(body.token, "POST", "/sign-out")).status).toBe(200);
    expect((await call(body.token, "GET", "/session")).status).toBe(401);
  });

  test("of somebody who was given too many wrong ones are refused by address; right ones from there are still taken", async () => {
    const statuses = new Set<number>();
    for (let turn = 0; turn < 302; turn += 1)
      statuses.add((await call(newTokenText("api"), "GET", "/session", undefined, "198.51.100.7")).status);
    expect([...statuses]).toEqual([401, 429]);
    expect((await call("ada", "GET", "/session", undefined, "198.51.100.7")).status).toBe(200);
    expect((await call(newTokenText("api"), "GET", "/session", undefined, "198.51.100.8")).status).toBe(401);
  });
});

test("what is made with a token that somebody else made is theirs too, and no way to a session", async () => {
  const lent = (await call("root", "POST", "/tokens", { name: "lent", principal: "dev" })).body;
  const made = (await call(lent.token, "POST", "/tokens", { name: "own?" })).body;
  const rotated = (await call(made.token, "POST", `/tokens/${made.record.id}/rotate`, {})).body;
  const own = (await call("dev", "POST", "/tokens", { name: "own" })).body;
  const makers = await app
    .createContext()
    .db.selectFrom("tokens as t")
    .innerJoin("principals as p", "p.id", "t.created_by")
    .innerJoin("principals as o", "o.id", "t.principal_id")
    .select(["t.id", "p.platform_admin as byAdmin", "p.name as maker", "o.name as owner"])
    .execute();
  const makerOf = ({ record }: { record: { id: string } }) => makers.find(({ id }) => id === record.id);
  for (const token of [lent, made, rotated]) expect(makerOf(token)).toMatchObject({ byAdmin: true, owner: "dev" });
  expect(makerOf(own)).toMatchObject({ maker: "dev", owner: "dev" });
  for (const { token } of [lent, rotated])
    expect(await call(token, "POST", "/sign-in-links", {})).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringContaining("Somebody else made this token of dev") } },
    });
  expect((await call(own.token, "POST", "/sign-in-links", {})).status).toBe(200);
});

describe("the tokens of runners and gateways elsewhere", () => {
  const ask = { name: "elsewhere", role: "runner" };

  test("are of an account that nobody else can have made before", async () => {
    const path = "/projects/adas/service-accounts";
    for (const name of ["remote-runner", "remote-gateway", "local-runner", "system", "platform"])
      expect((await call("ada", "POST", path, { name })).status, name).toBe(409);
    expect((await call("root", "POST", "/principals", { kind: "user", name: "remote-runner" })).status).toBe(409);
    expect(await freeName(app.createContext(), "Remote Runner")).toBe("remote-runner-2");
    const made = await call("root", "POST", "/tokens", ask);
    expect(made.body.record.principal).toMatchObject({ kind: "service-account", name: "remote-runner" });
  });

  test.each([
    ["a person", { kind: "user" }],
    ["a project's admins", { kind: "service-account", projectId: "adas" }],
  ] as const)("never go to %s who had the name before it was kept", async (_, { kind, ...of }) => {
    const ctx = app.createContext();
    await ctx.db
      .updateTable("principals")
      .set({ name: sql`name || '-' || id` })
      .where("name", "like", "remote-%")
      .execute();
    const { id } = await createPrincipal(ctx, { kind, name: `squatter-${kind}` });
    const project = ctx.db.selectFrom("projects").select("id").where("name", "=", "adas");
    await ctx.db
      .updateTable("principals")
      .set({ name: "remote-runner", ...("projectId" in of ? { project_id: project } : {}) })
      .where("id", "=", id)
      .execute();
    const made = await call("root", "POST", "/tokens", ask);
    expect(made.body.record.principal).toMatchObject({ kind: "service-account", name: "remote-runner-2" });
    for (const who of ["ada", "dev"])
      expect((await call(who, "POST", `/tokens/${made.body.record.id}/rotate`, {})).status).toBe(404);
  });

  test("are rotated by platform admins alone, whoever holds the account", async () => {
    const ctx = app.createContext();
    const ada = await ctx.db.selectFrom("principals").select("id").where("name", "=", "ada").executeTakeFirstOrThrow();
    const held = {
      kind: "runner",
      principalId: ada.id,
      name: "old",
      scopes: ["work.lease"],
      expiresInMs: 1e7,
    } as const;
    const { id } = await mintToken(ctx, held);
    expect((await call("ada", "POST", `/tokens/${id}/rotate`, {})).status).toBe(403);
    expect((await call("root", "POST", `/tokens/${id}/rotate`, {})).status).toBe(200);
  });
});

describe("OAuth", () => {
  const post = async (path: string, body: string, type = "application/x-www-form-urlencoded") => {
    const headers = { host: "127.0.0.1", "content-type": type };
    const response = await server.inject({ method: "POST", url: path, headers, payload: body });
    return { status: response.statusCode, body: response.json() };
  };
  const exchange = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";

  test.each([
    ["/oauth/token", "", "invalid_request"],
    ["/oauth/token", "grant_type=password", "unsupported_grant_type"],
    ["/oauth/token", "grant_type=__proto__", "unsupported_grant_type"],
    ["/oauth/token", "grant_type=authorization_code&grant_type=x", "invalid_request"],
    ["/oauth/token", "grant_type=authorization_code&client_id=evil", "invalid_client"],
    [
      "/oauth/token",
      "grant_type=authorization_code&client_id=pave-cli&code=x&code_verifier=y&redirect_uri=z",
      "invalid_grant",
    ],
    [
      "/oauth/token",
      "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=pave-cli&device_code=%00",
      "expired_token",
    ],
    ["/oauth/token", `${exchange}&subject_token_type=saml&subject_token=x&project=adas`, "invalid_request"],
    [
      "/oauth/token",
      `${exchange}&subject_token_type=urn:ietf:params:oauth:token-type:jwt&subject_token=x&project=A%20B`,
      "invalid_request",
    ],
    [
      "/oauth/token",
      `${exchange}&subject_token_type=urn:ietf:params:oauth:token-type:jwt&subject_token=x&project=adas`,
      "invalid_grant",
    ],
    ["/oauth/device_authorization", "client_id=pave-cli", "invalid_request"],
    ["/oauth/device_authorization", "client_id=pave-cli&host=%1b[31m", "invalid_request"],
    ["/oauth/none", "", "invalid_request"],
  ])("%s %s: %s, with what to do", async (path, body, error) => {
    const answer = await post(path, body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body).toMatchObject({
      error,
      error_description: expect.any(String),
      pave: { fix: expect.any(String) },
    });
  });

  test("takes forms alone, and says what it is", async () => {
    expect(await post("/oauth/token", "{}", "application/json")).toMatchObject({
      status: 400,
      body: { error: "invalid_request" },
    });
    const metadata = await server.inject({
      url: "/.well-known/oauth-authorization-server",
      headers: { host: "127.0.0.1" },
    });
    expect(metadata.json()).toMatchObject({
      issuer: "https://pave.example.com",
      code_challenge_methods_supported: ["S256"],
    });
  });
});
