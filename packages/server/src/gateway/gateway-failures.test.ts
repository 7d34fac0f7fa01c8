import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { GatewayWindow } from "@pave/contract";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { processStartTime } from "../drivers/process/process-life.ts";
import { gatewayStatus, stopGateway } from "./index.ts";
import { openDataFolder, readJson } from "./supervisor/data-folder.ts";
import { endpointOf, FakeApi, releaseOf } from "./testing/fake-api.ts";
import { keepAsking, totalOf } from "./testing/keep-asking.ts";
import { TestGateway } from "./testing/run-test-gateway.ts";

// real processes on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 300_000 });

const row = { origin: "ORD", hour: 17, distance: 733, wind: 25.5 };
let api: FakeApi;
let gateway: TestGateway;
/** Started by tests; one that fails half-way leaves nothing running. */
const children: ChildProcess[] = [];

beforeEach(async () => {
  api = new FakeApi();
  await api.start();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await gateway.remove();
  await api.stop();
});

const versionServed = async () => (await gateway.ask("/predict", { body: row })).headers.get("pave-model-version");
const workerPids = () => gateway.running.status().workers.map(({ pid }) => pid ?? 0);
const windowsCounted = (requests: number) =>
  vi.waitFor(() => expect(api.counted()).toBe(requests), { timeout: 60_000 });

test("a killed worker costs at most what it was answering, and is replaced", async () => {
  gateway = await TestGateway.start(api, { workers: 2 });
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  await api.reported("release-1", "ready");
  await vi.waitFor(() => expect(gateway.running.status().workers.map(({ isReady }) => isReady)).toEqual([true, true]), {
    timeout: 60_000,
  });
  const before = workerPids();

  const asking = keepAsking(`${gateway.url}/production/flights/late/predict`, row, 8);
  await vi.waitFor(() => expect(totalOf(asking)).toBeGreaterThan(20), { timeout: 60_000 });
  process.kill(before[0] ?? 0, "SIGKILL");
  await vi.waitFor(
    () =>
      expect(gateway.running.status().workers.filter(({ isReady, pid }) => isReady && pid !== before[0])).toHaveLength(
        2,
      ),
    { timeout: 60_000 },
  );
  const asked = await asking.stop();
  expect(asked.failed.length).toBeLessThanOrEqual(8);
  expect(totalOf(asked)).toBeGreaterThan(20);
  expect(workerPids()).not.toContain(before[0]);
  expect(await versionServed()).toBe("1");
});

test("with its only worker killed, new callers wait for the next one instead of failing", async () => {
  gateway = await TestGateway.start(api, { workers: 1 });
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  await api.reported("release-1", "ready");
  process.kill(workerPids()[0] ?? 0, "SIGKILL");
  await vi.waitFor(() => expect(gateway.running.status().workers[0]?.isReady).not.toBe(true), { timeout: 60_000 });
  expect(await Promise.all([versionServed(), versionServed()])).toEqual(["1", "1"]);
});

test("callers who were to be handed to a worker that dies are handed to the next one", async () => {
  gateway = await TestGateway.start(api, { workers: 1, stuckAfterSeconds: 600 });
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  await api.reported("release-1", "ready");
  const [stopped = 0] = workerPids();
  process.kill(stopped, "SIGSTOP");
  const asked = Array.from({ length: 8 }, () => versionServed().catch(() => "lost"));
  const handed = () => gateway.running.status().workers[0]?.connections;
  await vi.waitFor(() => expect(handed()).toBeGreaterThan(1), { timeout: 60_000 });
  process.kill(stopped, "SIGKILL");
  // the one that was on its way is gone with it
  const answered = (await Promise.all(asked)).filter((version) => version === "1");
  expect(answered.length).toBeGreaterThanOrEqual(7);
});

test("a worker that is stuck in a model is killed, and the next one answers", async () => {
  gateway = await TestGateway.start(api, { workers: 1, stuckAfterSeconds: 4 });
  api.publish([endpointOf([releaseOf("loops-over-100", "1")])]);
  await api.reported("release-1", "ready");
  const [stuck] = workerPids();
  expect(
    (await gateway.ask("/predict", { body: { x: 5 }, headers: { connection: "close" } })).body.predictions,
  ).toEqual([{ value: 5 }]);
  await expect(gateway.ask("/predict", { body: { x: 1000 } })).rejects.toThrow();
  expect(
    (await gateway.ask("/predict", { body: { x: 6 }, headers: { connection: "close" } })).body.predictions,
  ).toEqual([{ value: 6 }]);
  expect(workerPids()).not.toContain(stuck);
});

test("windows count every answer once, by status and release, however often they are sent", async () => {
  gateway = await TestGateway.start(api, { workers: 2 });
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  await api.reported("release-1", "ready");
  api.isForgetful = true;
  for (let index = 0; index < 30; index += 1) await gateway.ask("/predict", { body: { inputs: [row, row] } });
  for (let index = 0; index < 5; index += 1) await gateway.ask("/predict", { body: {} });
  await gateway.ask("/predict", { body: row, token: "guess" });
  await vi.waitFor(() => expect(api.repeated).toBeGreaterThan(0), { timeout: 60_000 });
  api.isForgetful = false;
  await windowsCounted(35);
  expect(api.counted(({ rows }) => rows)).toBe(60);
  expect(api.counted(({ errors4xx }) => errors4xx)).toBe(5);
  expect(api.counted(({ errors5xx }) => errors5xx)).toBe(0);
  expect(api.counted(({ latency }) => latency.buckets.reduce((sum, count) => sum + count, 0))).toBe(35);
  expect(
    new Set([...api.windows.values()].map(({ releaseId, modelVersion }) => `${releaseId} ${modelVersion}`)),
  ).toEqual(new Set(["release-1 1"]));

  await vi.waitFor(async () => expect(await windowsOnDisk(gateway.folder)).toEqual([]), { timeout: 60_000 });
  const repeated = api.repeated;
  await delay(1200);
  expect(api.repeated).toBe(repeated);
});

test("what was counted in the last second is told on a stop", async () => {
  gateway = await TestGateway.start(api);
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  await api.reported("release-1", "ready");
  await Promise.all([versionServed(), versionServed()]);
  await gateway.stop();
  expect(api.counted()).toBe(2);
});

test("without the api it goes on, also after a restart, and tells later what it counted", async () => {
  gateway = await TestGateway.start(api);
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  await api.reported("release-1", "ready");
  await versionServed();
  await windowsCounted(1);
  await api.stop();
  expect(await versionServed()).toBe("1");
  await gateway.stop();

  await gateway.start();
  expect(gateway.running.status()).toMatchObject({ configVersion: 1, contactAt: expect.any(String) });
  expect(await versionServed()).toBe("1");
  expect(api.counted()).toBe(1);
  await api.start();
  await windowsCounted(3);
  expect(api.repeated).toBe(0);
});

test("before the first config it says that it knows nothing yet", async () => {
  await api.stop();
  gateway = await TestGateway.start(api);
  const { status, body } = await gateway.ask("/predict", { body: row });
  expect({ status, message: body.error.message }).toEqual({
    status: 503,
    message: expect.stringContaining("has not heard from Pave yet"),
  });
  await api.start();
});

test("a killed supervisor leaves nothing behind that is in the way, and no counter of before the last second is lost", async () => {
  gateway = await TestGateway.start(api);
  const { folder } = gateway;
  await gateway.stop();
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  const first = await startProcess(folder, 0);
  await api.reported("release-1", "ready");
  api.isForgetful = true;
  const workers = (await gatewayStatus(folder))?.workers.map(({ pid }) => pid ?? 0) ?? [];
  expect(workers).toHaveLength(2);
  for (let index = 0; index < 20; index += 1) expect(await askProcess(first.port)).toBe(200);
  const onDisk = async () => (await windowsOnDisk(folder)).reduce((sum, { requests }) => sum + requests, 0);
  await vi.waitFor(async () => expect(await onDisk()).toBe(20), { timeout: 60_000 });
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  await vi.waitFor(async () => expect(await livingOf(workers)).toEqual([]), { timeout: 60_000 });

  await api.stop();
  const second = await startProcess(folder, first.port);
  expect(await askProcess(second.port)).toBe(200);
  api.isForgetful = false;
  await api.start();
  await windowsCounted(21);

  await stopGateway(folder);
  expect(await livingOf([second.child.pid ?? 0])).toEqual([]);
  expect(await gatewayStatus(folder)).toBeUndefined();
});

async function startProcess(folder: string, port: number): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "testing", "gateway-process.ts"), api.url, String(port), folder],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  children.push(child);
  const [line] = await once(child.stdout, "data");
  return { child, port: Number(line) };
}

/** What was counted and not acknowledged yet; a draft does not outlive a kill. */
async function windowsOnDisk(dataFolder: string): Promise<GatewayWindow[]> {
  const { windows } = await openDataFolder(dataFolder);
  const names = (await readdir(windows)).filter((name) => name.endsWith(".json"));
  const parts = await Promise.all(names.map((name) => readJson(join(windows, name))));
  return parts.flatMap((part) => (part ?? []) as GatewayWindow[]);
}

async function askProcess(port: number): Promise<number> {
  const init = { method: "POST", headers: { authorization: "Bearer secret" }, body: JSON.stringify(row) };
  return (await fetch(`http://127.0.0.1:${port}/production/flights/late/predict`, init)).status;
}

async function livingOf(pids: readonly number[]): Promise<number[]> {
  const times = await Promise.all(pids.map(processStartTime));
  return pids.filter((_, index) => times[index] !== undefined);
}
