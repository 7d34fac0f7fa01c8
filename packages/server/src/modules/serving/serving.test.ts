import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { emptyLatency, type GatewayWindow } from "@pave/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { json } from "../../db/column-types.ts";
import { asActor, type Ctx, createContext, inTransaction } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { newId } from "../../kernel/ids.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { fastestOf } from "../../kernel/testing/measure.ts";
import { createPrincipal, mintToken, revokeToken, setProjectRole } from "../access/index.ts";
import {
  createServing,
  defaultLimits,
  ensureDeployment,
  insertRelease,
  prepareRelease,
  publishKeys,
  type Serving,
  setReleaseState,
  shiftTraffic,
  withdrawRelease,
} from "./index.ts";

let db: TestDatabase;
let ctx: Ctx;
let now = Date.parse("2026-03-01T12:00:00Z");
let serving: Serving;
let gatewayUrl = "http://127.0.0.1:1";
let project: { id: string; name: string };
let deploymentId: string;
let releases: string[];

beforeAll(async () => {
  db = await createTestDatabase();
  ctx = createContext(db.database, { log: silentLogger, clock: { now: () => new Date(now) } });
  serving = createServing({
    database: db.database,
    gatewayUrl: () => gatewayUrl,
    remoteFiles: (files) => files.map((file) => ({ ...file, url: `/signed/${file.digest}` })),
    modelInterface: async () => ({ signature: null, inputExample: { place: "it's" } }),
  });
  await ctx.db
    .insertInto("environments")
    .values({ name: "staging", spec: json({}), source: "", updated_by: "system" })
    .execute();
});
afterAll(async () => {
  await serving.stop();
  await db.drop();
});

beforeEach(async () => {
  await ctx.db.deleteFrom("gateways").execute();
  await ctx.db.deleteFrom("tokens").execute();
  const id = newId();
  project = { id, name: `p${id.slice(-10)}` };
  await ctx.db
    .insertInto("projects")
    .values({ id, name: project.name, title: "", owner: "team", created_by: "system" })
    .execute();
  const revisionId = newId();
  await ctx.db
    .insertInto("revisions")
    .values({
      id: revisionId,
      project_id: id,
      number: 1,
      digest: newId(),
      files: json([]),
      file_count: 0,
      bytes: 0,
      created_by: "system",
    })
    .execute();
  await inTransaction(ctx, async (ctx) => {
    deploymentId = (
      await ensureDeployment(ctx, { projectId: id, environment: "staging", name: "late", kind: "online" })
    ).id;
    releases = [];
    for (const modelVersion of [1, 2, 3]) {
      const configuration = {
        files: [{ path: "model.onnx", digest: "sha256:f", size: 3, executable: false }],
        limits: { ...defaultLimits, maxRows: modelVersion },
        slo: { availability: 99, p99Ms: 50 },
      };
      releases.push(
        await insertRelease(ctx, {
          deploymentId,
          planId: null,
          revisionId,
          model: "m",
          modelVersion,
          modelDigest: "sha256:d",
          configuration,
          message: null,
        }),
      );
    }
  });
});

const release = (number: number): string => releases[number - 1] ?? "";
const config = async (after = -1, waitSeconds = 0, signal = new AbortController().signal) =>
  serving.gatewayConfig(ctx, { after, waitSeconds }, signal);
const endpoint = async () => (await config())?.endpoints.find((candidate) => candidate.deploymentId === deploymentId);
const shiftTo = (number: number) =>
  inTransaction(ctx, async (ctx) => {
    await setReleaseState(ctx, release(number), "active");
    return shiftTraffic(ctx, {
      id: release(number),
      deploymentId,
      configuration: { files: [], limits: { ...defaultLimits, maxRows: number }, slo: { availability: 99, p99Ms: 50 } },
    });
  });
const show = () => serving.show(ctx, { projectId: project.id, environment: "staging", name: "late" });

let sequence = 0;
const report = (windows: GatewayWindow[] = [], more: object = {}) => {
  sequence += 1;
  return serving.report(ctx, {
    gatewayId: "g",
    startedAt: "2026-03-01T00:00:00.000Z",
    sequence,
    configVersion: 1,
    releases: [],
    windows,
    ...more,
  });
};
const ready = (...numbers: number[]) => ({
  releases: numbers.map((number) => ({ deploymentId, releaseId: release(number), state: "ready" as const })),
});
const windowOf = (
  number: number,
  start: string,
  requests: number,
  bucket: number,
  more: Partial<GatewayWindow> = {},
): GatewayWindow => {
  const latency = { ...emptyLatency(), sumMs: requests * 5, maxMs: 100 };
  latency.buckets[bucket] = requests;
  return {
    windowId: newId(),
    deploymentId,
    releaseId: release(number),
    modelVersion: String(number),
    start,
    seconds: 1,
    requests,
    rows: requests * 2,
    errors4xx: 0,
    errors5xx: 0,
    latency,
    ...more,
  };
};

/** A database that does something else just before the first read of a table. */
function beforeFirst(db: Ctx["db"], table: string, first: () => Promise<void>): Ctx["db"] {
  let isDone = false;
  return new Proxy(db, {
    get(target, name) {
      const found = Reflect.get(target, name);
      if (typeof found !== "function") return found;
      return (...args: unknown[]) => {
        const query: ReturnType<typeof db.selectFrom<"gateway_config">> = Reflect.apply(found, target, args);
        if (name !== "selectFrom" || args[0] !== table || isDone) return query;
        isDone = true;
        return {
          select: (columns: never) => ({
            executeTakeFirstOrThrow: () => first().then(() => query.select(columns).executeTakeFirstOrThrow()),
          }),
        };
      };
    },
  });
}

describe("what gateways are told", () => {
  it("a coming release is prepared beside the one that serves, then takes over, and the one before stays loaded", async () => {
    expect(await endpoint()).toMatchObject({
      project: project.name,
      environment: "staging",
      deployment: "late",
      weights: [],
      stableReleaseId: null,
      releases: [],
    });
    await shiftTo(1);
    await inTransaction(ctx, (ctx) => prepareRelease(ctx, deploymentId, release(2)));
    expect(await endpoint()).toMatchObject({
      weights: [{ releaseId: release(1), weight: 100 }],
      releases: [
        {
          releaseId: release(1),
          state: "serve",
          modelVersion: "1",
          files: [{ path: "model.onnx", digest: "sha256:f", size: 3, url: "/signed/sha256:f" }],
        },
        { releaseId: release(2), state: "prepare", modelVersion: "2" },
      ],
      limits: { maxRows: 1 },
    });
    await shiftTo(2);
    expect(await endpoint()).toMatchObject({
      stableReleaseId: release(2),
      releases: [
        { releaseId: release(2), state: "serve" },
        { releaseId: release(1), state: "prepare" },
      ],
      limits: { maxRows: 2 },
    });
    await shiftTo(3);
    expect((await endpoint())?.releases.map(({ releaseId }) => releaseId)).toEqual([release(3), release(2)]);
    await inTransaction(ctx, (ctx) => withdrawRelease(ctx, deploymentId, release(3)));
    expect(await endpoint()).toMatchObject({
      weights: [],
      stableReleaseId: null,
      releases: [{ releaseId: release(2) }],
    });
  });

  it("every change makes a new version, and preparing twice none", async () => {
    const first = (await config())?.version ?? 0;
    expect(await shiftTo(1)).toBe(first + 1);
    await inTransaction(ctx, (ctx) => prepareRelease(ctx, deploymentId, release(1)));
    expect((await config())?.version).toBe(first + 1);
  });

  it("a gateway that has the version waits; a change answers it at once, the time limit with nothing", async () => {
    const version = (await config())?.version ?? 0;
    expect(await config(version, 0)).toBeUndefined();
    expect((await config(version + 5, 0))?.version).toBe(version);
    let seen = version;
    const fastest = await fastestOf(async () => {
      const waiting = config(seen, 60);
      const started = performance.now();
      setTimeout(() => void shiftTo(1 + (seen % 2)), 50);
      expect((await waiting)?.version).toBe(seen + 1);
      seen += 1;
      return performance.now() - started;
    });
    expect(fastest).toBeLessThan(450);
    const gone = new AbortController();
    setTimeout(() => gone.abort(), 20);
    expect(await config(seen, 60, gone.signal)).toBeUndefined();
  });

  it("keys are those of tokens that may predict here, and a change of them reaches a waiting gateway", async () => {
    const { id: principalId } = await createPrincipal(ctx, { kind: "service-account", name: `caller-${newId()}` });
    await setProjectRole(ctx, { projectId: project.id, principalId, role: "developer" });
    const { version = 0 } = (await config()) ?? {};
    const waiting = config(version, 60);
    const { sha256, id } = await mintToken(ctx, { kind: "api", principalId, name: "t", expiresInMs: 60_000 });
    const told = await waiting;
    expect(told?.keys).toEqual([
      { sha256, principalId, expiresAt: new Date(now + 60_000).toISOString(), endpoints: [deploymentId] },
    ]);
    await revokeToken(asActor(ctx, { ...ctx.actor }), id);
    expect(await config(told?.version, 60)).toMatchObject({ keys: [] });
  });

  it("who makes a token hears of it when every gateway that lives has its key", async () => {
    const { id: principalId } = await createPrincipal(ctx, { kind: "service-account", name: `caller-${newId()}` });
    await setProjectRole(ctx, { projectId: project.id, principalId, role: "developer" });
    const { version = 0 } = (await config()) ?? {};
    await report([], { configVersion: version });
    await mintToken(ctx, { kind: "api", principalId, name: "t", expiresInMs: 60_000 });
    let isPublished = false;
    const publishing = publishKeys(ctx, 60_000).then(() => {
      isPublished = true;
    });
    const next = (await config(version, 60))?.version ?? 0;
    expect([next, isPublished]).toEqual([version + 1, false]);
    await report([], { configVersion: next });
    await publishing;
  });

  it("a key that is revoked while a config is put together is not in it under the new number", async () => {
    const { id: principalId } = await createPrincipal(ctx, { kind: "service-account", name: `caller-${newId()}` });
    await setProjectRole(ctx, { projectId: project.id, principalId, role: "developer" });
    const { id } = await mintToken(ctx, { kind: "api", principalId, name: "t", expiresInMs: 60_000 });
    await config();
    const db = beforeFirst(ctx.db, "gateway_config", async () => {
      await revokeToken(ctx, id);
      await publishKeys(ctx, 0);
    });
    const told = await serving.gatewayConfig(
      { ...ctx, db },
      { after: -1, waitSeconds: 0 },
      AbortSignal.timeout(60_000),
    );
    expect(told).toMatchObject({ version: (await config())?.version, keys: [] });
  });
});

describe("what gateways report", () => {
  it("a window counts once however often it comes, and is acknowledged every time", async () => {
    await shiftTo(1);
    const window = windowOf(1, "2026-03-01T11:59:03.000Z", 10, 20, { errors5xx: 1, errors4xx: 2 });
    const other = windowOf(1, "2026-03-01T11:59:09.900Z", 5, 30);
    expect(await report([window])).toEqual({ acknowledged: [window.windowId] });
    expect(await report([window, other, other])).toEqual({
      acknowledged: [window.windowId, other.windowId, other.windowId],
    });
    await Promise.all([report([window]), report([window])]);
    const traffic = await serving.traffic(ctx, { projectId: project.id, environment: "staging", name: "late" }, 60);
    expect(traffic.windowSeconds).toBe(10);
    expect(traffic.series).toMatchObject([
      {
        modelVersion: "1",
        release: 1,
        points: [{ start: "2026-03-01T11:59:00.000Z", requests: 15, rows: 30, errors4xx: 2, errors5xx: 1 }],
      },
    ]);
    const [row] = await ctx.db
      .selectFrom("traffic_windows")
      .select(["latency_sum_ms", "latency_max_ms", "latency_buckets"])
      .where("deployment_id", "=", deploymentId)
      .execute();
    expect(row).toMatchObject({ latency_sum_ms: 75, latency_max_ms: 100 });
    expect([row?.latency_buckets[20], row?.latency_buckets[30], row?.latency_buckets.length]).toEqual([
      10,
      5,
      emptyLatency().buckets.length,
    ]);
  });

  it("windows of two gateways add up, by release", async () => {
    await shiftTo(2);
    await Promise.all([
      report([windowOf(1, "2026-03-01T11:59:00.000Z", 3, 10), windowOf(2, "2026-03-01T11:59:00.000Z", 4, 10)], {
        gatewayId: "a",
      }),
      report([windowOf(2, "2026-03-01T11:59:01.000Z", 5, 12), windowOf(1, "2026-03-01T11:59:01.000Z", 1, 12)], {
        gatewayId: "b",
      }),
    ]);
    const { series } = await serving.traffic(ctx, { projectId: project.id, environment: "staging", name: "late" }, 60);
    expect(series.map(({ release, points }) => [release, points.map(({ requests }) => requests)])).toEqual([
      [1, [4]],
      [2, [9]],
    ]);
  });

  it("a window of a deployment that is gone is acknowledged, or it would come forever", async () => {
    const window = windowOf(1, "2026-03-01T11:59:00.000Z", 3, 10, { deploymentId: "gone" });
    expect(await report([window])).toEqual({ acknowledged: [window.windowId] });
    expect(
      await ctx.db.selectFrom("traffic_windows").select("start").where("deployment_id", "=", "gone").execute(),
    ).toEqual([]);
  });

  it("a report that was overtaken tells nothing new about releases, but its windows count", async () => {
    await shiftTo(1);
    await report([], { ...ready(1), sequence: 1000 });
    await report([windowOf(1, "2026-03-01T11:59:00.000Z", 3, 10)], { sequence: 999, releases: [] });
    await report([], { sequence: 5000, startedAt: "2026-02-28T00:00:00.000Z", releases: [] });
    expect(await show()).toMatchObject({ health: "healthy", now: { requestsPerMinute: 0.6 } });
    await report([], { sequence: 1, startedAt: "2026-03-01T00:00:01.000Z", releases: [] });
    expect((await show()).health).toBe("degraded");
  });

  it("what is too old is forgotten", async () => {
    await report([windowOf(1, "2026-01-01T00:00:00.000Z", 3, 10), windowOf(1, "2026-02-20T00:00:00.000Z", 3, 10)]);
    now += 9 * 86_400_000;
    await serving.prune(ctx);
    expect(
      await ctx.db.selectFrom("traffic_windows").select("start").where("deployment_id", "=", deploymentId).execute(),
    ).toHaveLength(1);
    expect(await ctx.db.selectFrom("gateway_windows").selectAll().execute()).toEqual([]);
    expect(await ctx.db.selectFrom("gateways").selectAll().execute()).toEqual([]);
    now -= 9 * 86_400_000;
  });
});

describe("windows of earlier today", () => {
  it("become fewer and longer, and count what they counted", async () => {
    const at = (minute: number, second: number) => `2026-03-01T03:0${minute}:${String(second).padStart(2, "0")}.000Z`;
    await report([
      windowOf(1, at(0, 0), 3, 10),
      windowOf(1, at(0, 10), 4, 20, { errors5xx: 2 }),
      windowOf(2, at(4, 50), 5, 30),
      windowOf(1, at(5, 0), 6, 40),
      windowOf(1, "2026-03-01T11:00:10.000Z", 7, 10),
    ]);
    const key = { projectId: project.id, environment: "staging", name: "late" };
    const before = await serving.traffic(ctx, key, 24 * 60);
    await serving.prune(ctx);
    await report([windowOf(1, at(0, 20), 1, 10)]);
    await serving.prune(ctx);
    const rows = await ctx.db
      .selectFrom("traffic_windows")
      .select(["start", "seconds", "requests"])
      .where("deployment_id", "=", deploymentId)
      .orderBy("start")
      .orderBy("requests")
      .execute();
    expect(
      rows.map(({ start, seconds, requests }) => [start.toISOString().slice(11, 19), seconds, Number(requests)]),
    ).toEqual([
      ["03:00:00", 300, 5],
      ["03:00:00", 300, 8],
      ["03:05:00", 300, 6],
      ["11:00:10", 10, 7],
    ]);
    const [first] = before.series[0]?.points ?? [];
    const after = await serving.traffic(ctx, key, 24 * 60);
    expect(after.series[0]?.points[0]).toMatchObject({
      start: first?.start,
      requests: (first?.requests ?? 0) + 1,
      errors5xx: 2,
    });
    expect(after.series.map(({ points }) => points.slice(1))).toEqual(
      before.series.map(({ points }) => points.slice(1)),
    );
  });
});

describe("a deployment", () => {
  it("that is not there is told with those that are", async () => {
    await expect(
      serving.show(ctx, { projectId: project.id, environment: "production", name: "late" }),
    ).rejects.toMatchObject({ code: "deployment.not_found", fix: "There are staging/late." });
  });

  it("shows how to call it, with an example that a shell takes as printed", async () => {
    await shiftTo(1);
    gatewayUrl = "http://127.0.0.1:4701/";
    expect((await show()).curl).toBe(
      `curl -s http://127.0.0.1:4701/staging/${project.name}/late/predict -H "Authorization: Bearer $PAVE_TOKEN" -H "content-type: application/json" -d '{"place":"it'\\''s"}'`,
    );
  });

  it("is tried with a token of its own, which the gateway may hear of a little later", async () => {
    const seen: (string | undefined)[] = [];
    const server: Server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      const known = seen.length > 2;
      request
        .resume()
        .on("end", () =>
          response
            .writeHead(known ? 200 : 401, { "content-type": "application/json" })
            .end(known ? `{"path":"${request.url}"}` : "{}"),
        );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    gatewayUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { id: principalId, kind, name } = await createPrincipal(ctx, { kind: "user", name: `trier-${newId()}` });
    await setProjectRole(ctx, { projectId: project.id, principalId, role: "developer" });
    const trier = asActor(ctx, { principalId, kind: kind as "user", name, actorKind: "person", grant: "unlimited" });
    const key = { projectId: project.id, environment: "staging", name: "late" };
    expect(await serving.tryOut(trier, key, { a: 1 })).toMatchObject({
      status: 200,
      body: { path: `/staging/${project.name}/late/predict` },
    });
    await serving.tryOut(trier, key, { a: 1 });
    expect(new Set(seen)).toHaveProperty("size", 1);
    expect((await config())?.keys).toMatchObject([{ principalId, endpoints: [deploymentId] }]);
    server.close();
    gatewayUrl = "http://127.0.0.1:1";
    await expect(serving.tryOut(trier, key, {})).rejects.toMatchObject({ code: "server.unavailable" });
  });
});
