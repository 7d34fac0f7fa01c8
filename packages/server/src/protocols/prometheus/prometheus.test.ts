import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../app.ts";
import { readConfig } from "../../config.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { createHttpServer } from "../../http/server.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { promtoolAt, seriesValue } from "../../kernel/metrics/testing/promtool.ts";
import { createPrincipal, mintToken } from "../../modules/access/index.ts";
import { createPrometheus } from "./index.ts";

const promtool = promtoolAt(process.env.PAVE_TEST_PROMTOOL);
let database: TestDatabase;
let app: App;
let server: FastifyInstance;
let folder: string;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "pave-prometheus-"));
  const config = readConfig({ PAVE_HOME: folder });
  const addresses = { apiUrl: "http://127.0.0.1:1", gatewayUrl: "http://127.0.0.1:2" };
  app = await createApp({ config, database: database.database, log: silentLogger, addresses, embeddedDatabase: false });
  const { adminId } = await app.seed();
  const { handlers, protocols, access, createContext } = app;
  const options = { handlers, protocols, access, createContext, log: silentLogger };
  server = await createHttpServer({ ...options, allowedHosts: [], secureCookies: false });
  const ctx = app.createContext();
  const { id } = await createPrincipal(ctx, { kind: "user", name: "grace" });
  const mint = async (principalId: string, scopes: string[] | null) =>
    (await mintToken(ctx, { kind: "api", principalId, name: "t", scopes, expiresInMs: 60_000 })).token;
  tokens.admin = await app.clientToken(adminId);
  tokens.scrape = await mint(adminId, ["metrics.read"]);
  tokens.other = await mint(adminId, ["ledger.read"]);
  tokens.user = await mint(id, null);
  tokens.wish = await mint(id, ["metrics.read"]);
});
afterAll(async () => {
  await server?.close();
  await app?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

const get = (token?: string) =>
  server.inject({ url: "/metrics", headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

test("without a token that may read metrics there are none, on loopback as elsewhere", async () => {
  expect((await get()).statusCode).toBe(401);
  expect((await get("nonsense")).statusCode).toBe(401);
  for (const name of ["other", "user", "wish"]) {
    const answer = await get(tokens[name]);
    expect([name, answer.statusCode, answer.json().error.code]).toEqual([name, 403, "access.denied"]);
  }
  for (const name of ["admin", "scrape"]) expect((await get(tokens[name])).statusCode).toBe(200);
  const own = await server.inject({ url: "/api/v1/projects", headers: { authorization: `Bearer ${tokens.scrape}` } });
  expect(own.statusCode).toBe(403);
});

test("it tells of the platform's parts, and no request, person or run by name", async () => {
  const answer = await get(tokens.scrape);
  expect(answer.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  for (const source of ["serving", "runs", "work", "ledger"])
    expect(seriesValue(answer.body, `pave_metrics_source_up{source="${source}"}`)).toBe(1);
  expect(seriesValue(answer.body, "pave_runners_alive")).toBe(0);
  expect(seriesValue(answer.body, "process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  expect(seriesValue(answer.body, "pave_ledger_seal_lag_seconds")).toBeGreaterThan(0);
  const labels = new Set([...answer.body.matchAll(/[{,](\w+)="/g)].map(([, label]) => label));
  expect([...labels].filter((label) => /id|principal|user|token|path/.test(label ?? ""))).toEqual([]);
});

test.skipIf(!promtool.isThere)("Prometheus' own parser has nothing to say against it", async () => {
  expect(await promtool.run(["check", "metrics"], (await get(tokens.scrape)).body)).toEqual({ code: 0, said: "" });
});

test("a module that cannot tell silences no other", async () => {
  const broken = createPrometheus({
    sources: {
      bad: async () => {
        throw new Error("the table is gone");
      },
      good: async () => [{ name: "pave_good", type: "gauge", help: "Good.", samples: [{ value: 1 }] }],
    },
  });
  const [route] = broken.routes;
  const answer = await route?.handle(app.createContext(), {} as never);
  expect(answer?.status).toBe(200);
  expect(seriesValue(String(answer?.body), "pave_good")).toBe(1);
  expect(seriesValue(String(answer?.body), 'pave_metrics_source_up{source="bad"}')).toBe(0);
});
