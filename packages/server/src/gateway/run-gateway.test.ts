import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectGateway, gatewayCodeVersion, gatewayStatus, stopGateway } from "./index.ts";
import { openControlSocket } from "./supervisor/control-socket.ts";
import { controlSocketPath } from "./supervisor/data-folder.ts";
import { endpointOf, FakeApi, keyOfToken, releaseOf } from "./testing/fake-api.ts";
import { keepAsking } from "./testing/keep-asking.ts";
import { TestGateway } from "./testing/run-test-gateway.ts";

// real processes on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 300_000 });

const row = { origin: "ORD", hour: 17, distance: 733, wind: 25.5 };
let api: FakeApi;
let gateway: TestGateway;

beforeEach(async () => {
  api = new FakeApi();
  await api.start();
});
afterEach(async () => {
  await gateway.remove();
  await api.stop();
});

const versionServed = async () => (await gateway.ask("/predict", { body: row })).headers.get("pave-model-version");

test("ten version swaps under load fail no request", async () => {
  gateway = await TestGateway.start(api, { workers: 2 });
  let current = releaseOf("late-1", "0", "release-0");
  api.publish([endpointOf([current])]);
  await api.reported(current.releaseId, "ready");

  const asking = keepAsking(`${gateway.url}/production/flights/late/predict`, row);
  for (let swap = 1; swap <= 10; swap += 1) {
    const next = releaseOf(swap % 2 === 0 ? "late-1" : "late-2", String(swap), `release-${swap}`);
    api.publish([endpointOf([current, { ...next, state: "prepare" }], current)]);
    await api.reported(next.releaseId, "ready");
    api.publish([endpointOf([next])]);
    await vi.waitFor(() => expect(asking.answered.has(String(swap))).toBe(true), { timeout: 60_000 });
    current = next;
  }
  const asked = await asking.stop();
  expect(asked.failed).toEqual([]);
  expect([...asked.answered.keys()].sort()).toEqual(Array.from({ length: 11 }, (_, index) => String(index)).sort());
});

test("a caller who is slow to send is answered by the version of the moment", async () => {
  gateway = await TestGateway.start(api);
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  await api.reported("release-1", "ready");
  const slow = request(`${gateway.url}/production/flights/late/predict`, {
    method: "POST",
    headers: { authorization: "Bearer secret" },
  });
  slow.write(JSON.stringify(row).slice(0, 10));
  await delay(50);
  api.publish([endpointOf([releaseOf("late-2", "2")])]);
  await api.reported("release-2", "ready");
  slow.end(JSON.stringify(row).slice(10));
  const [response] = await once(slow, "response");
  expect([response.statusCode, response.headers["pave-model-version"]]).toEqual([200, "2"]);
  response.resume();
});

test("a release that fails its check is reported and never served", async () => {
  gateway = await TestGateway.start(api);
  const good = releaseOf("late-1", "1");
  const bad = releaseOf("bad-zipmap", "2");
  api.publish([endpointOf([good])]);
  await api.reported("release-1", "ready");
  api.publish([endpointOf([good, bad], bad)]);
  const report = await api.reported("release-2", "failed");
  expect(report.releases).toMatchObject([
    { deploymentId: "deployment-1", releaseId: "release-1", state: "ready", loadMs: expect.any(Number) },
    { releaseId: "release-2", state: "failed", error: expect.stringContaining("zipmap=False") },
  ]);
  expect(await versionServed()).toBe("1");
});

test("a canary gets its share while its lease lasts, then stable gets all", async () => {
  gateway = await TestGateway.start(api);
  const [stable, canary] = [releaseOf("late-1", "1"), releaseOf("late-2", "2")];
  const endpoint = endpointOf([stable, canary]);
  api.publish([endpoint]);
  await api.reported("release-2", "ready");
  const versions = async () => new Set(await Promise.all(Array.from({ length: 40 }, versionServed)));
  expect(await versions()).toEqual(new Set(["1"]));

  const share = (leaseMs: number) => {
    const leaseUntil = new Date(Date.now() + leaseMs).toISOString();
    const weights = [
      { releaseId: "release-1", weight: 50 },
      { releaseId: "release-2", weight: 50, leaseUntil },
    ];
    api.publish([{ ...endpoint, weights }]);
    return leaseUntil;
  };
  share(600_000);
  await vi.waitFor(async () => expect(await versions()).toEqual(new Set(["1", "2"])), { timeout: 60_000 });
  const leaseUntil = share(2000);
  await vi.waitFor(async () => expect(await versions()).toEqual(new Set(["1"])), { timeout: 60_000 });
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(leaseUntil));
});

test("a request in flight is answered when the gateway stops", async () => {
  gateway = await TestGateway.start(api);
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  await api.reported("release-1", "ready");
  const slow = request(`${gateway.url}/production/flights/late/predict`, {
    method: "POST",
    headers: { authorization: "Bearer secret", expect: "100-continue" },
  });
  const body = JSON.stringify(row);
  slow.flushHeaders();
  await once(slow, "continue");
  slow.write(body.slice(0, 10));
  const stopped = gateway.stop();
  await delay(100);
  slow.end(body.slice(10));
  const [response] = await once(slow, "response");
  expect(response.statusCode).toBe(200);
  response.resume();
  await stopped;
});

test("keys that are taken away stop counting at once", async () => {
  gateway = await TestGateway.start(api);
  const endpoints = [endpointOf([releaseOf("late-1", "1")])];
  api.publish(endpoints);
  await api.reported("release-1", "ready");
  expect((await gateway.ask("")).status).toBe(200);
  api.publish(endpoints, [keyOfToken("new")]);
  await vi.waitFor(async () => expect((await gateway.ask("")).status).toBe(401), { timeout: 60_000 });
  expect((await gateway.ask("", { token: "new" })).status).toBe(200);
});

test("the control socket tells what runs, where the api is now, and stops it", async () => {
  gateway = await TestGateway.start(api);
  expect(await gatewayStatus(gateway.folder)).toEqual({
    pid: process.pid,
    version: gatewayCodeVersion,
    startedAt: expect.any(String),
    host: "127.0.0.1",
    port: gateway.running.port,
    tls: "",
    workerCount: 1,
    apiUrl: api.url,
    configVersion: expect.toSatisfy((version) => version === 0 || version === null),
    contactAt: expect.toSatisfy((at) => at === null || typeof at === "string"),
    workers: [{ pid: expect.any(Number), isReady: true, connections: 0 }],
    models: [],
  });
  const second = new TestGateway(api, gateway.folder);
  await expect(second.start()).rejects.toThrow(/a gateway runs on this folder already/);
  await expect(second.start({ port: gateway.running.port })).rejects.toMatchObject({ code: "port.taken" });

  const elsewhere = new FakeApi();
  await elsewhere.start();
  elsewhere.config = { ...elsewhere.config, version: 7 };
  elsewhere.publish([endpointOf([releaseOf("late-2", "2")])]);
  await connectGateway(gateway.folder, { apiUrl: elsewhere.url, token: "gateway-token" });
  await elsewhere.reported("release-2", "ready");
  expect(await versionServed()).toBe("2");

  await stopGateway(gateway.folder);
  await gateway.running.stopped;
  expect(await gatewayStatus(gateway.folder)).toBeUndefined();
  await elsewhere.stop();
});

test("a control socket in a folder that somebody else could have made is neither opened nor asked", async () => {
  const folder = join("/nowhere", "long-".repeat(30));
  const short = await mkdtemp(join(tmpdir(), "pave-gateway-"));
  gateway = new TestGateway(api, short);
  vi.stubEnv("TMPDIR", short);
  const theirs = join(short, `pave-${process.getuid?.()}`);
  await mkdir(join(short, "open"), { mode: 0o700 });
  await symlink(join(short, "open"), theirs);

  const path = controlSocketPath(folder);
  expect(path.startsWith(`${theirs}/`)).toBe(true);
  const handlers = { status: () => ({}) as never, stop: () => {}, connect: () => {} };
  await expect(openControlSocket(folder, handlers)).rejects.toThrow(/expected a folder of this user/);

  const asked = vi.fn();
  const squatter = createServer((_request, response) => {
    asked();
    response.end("{}");
  });
  await new Promise<void>((resolve) => squatter.listen(path, resolve));
  expect(await connectGateway(folder, { apiUrl: "http://127.0.0.1:1", token: "secret" })).toBeUndefined();
  expect(asked).not.toHaveBeenCalled();
  await new Promise((resolve) => squatter.close(resolve));
  vi.unstubAllEnvs();
});

test("a folder with a long path gets its control socket elsewhere", async () => {
  const parent = await mkdtemp(join(tmpdir(), "pave-gateway-"));
  gateway = new TestGateway(api, join(parent, "long-".repeat(30)));
  await gateway.start();
  expect(await gatewayStatus(gateway.folder)).toMatchObject({ port: gateway.running.port });
  await gateway.stop();
  await rm(parent, { recursive: true });
});
