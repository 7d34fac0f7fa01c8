import { setTimeout as delay } from "node:timers/promises";
import type { GatewayEndpoint, GatewayLimits, GatewayReport } from "@pave/contract";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { endpointOf, FakeApi, releaseOf } from "./testing/fake-api.ts";
import { keepAsking, totalOf } from "./testing/keep-asking.ts";
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

/** `/production/flights/slow`, beside the fast endpoint `/production/flights/late`. */
const slowEndpoint = (release: ReturnType<typeof releaseOf>, limits: Partial<GatewayLimits> = {}): GatewayEndpoint => {
  const endpoint = endpointOf([release]);
  return {
    ...endpoint,
    deploymentId: "deployment-2",
    deployment: "slow",
    limits: { ...endpoint.limits, timeoutMs: 4000, ...limits },
  };
};
const late = endpointOf([releaseOf("late-1", "1", "fast")]);

async function askSlow(body: unknown, path = "/predict") {
  const response = await fetch(`${gateway.url}/production/flights/slow${path}`, {
    method: "POST",
    headers: { authorization: "Bearer secret", connection: "close" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Milliseconds of each of `count` requests to the fast endpoint, one after the other. */
async function timesOfFast(count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    expect((await gateway.ask("/predict", { body: row })).status).toBe(200);
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}

const workerPids = () => gateway.running.status().workers.map(({ pid }) => pid);
const modelPids = () => gateway.running.status().models.map(({ pid }) => pid ?? 0);

test("a slow model runs in a process of its own, and a fast one beside it stays fast while it is busy", async () => {
  gateway = await TestGateway.start(api, { workers: 1 });
  api.publish([late, slowEndpoint(releaseOf("slow-loops", "1", "slow"))]);
  await Promise.all([api.reported("slow", "ready"), api.reported("fast", "ready")]);
  expect(gateway.running.status().models).toMatchObject([{ releaseId: "slow", isReady: true }]);

  const asking = keepAsking(`${gateway.url}/production/flights/slow/predict`, { x: 5 }, 4);
  await delay(200);
  const started = performance.now();
  const times = await timesOfFast(200);
  const slow = await asking.stop();
  const slowRunMs = (performance.now() - started) / (totalOf(slow) / 4);
  expect(slow.failed).toEqual([]);
  // in one process most requests would meet a run of the slow model and wait half of it and more
  expect(times[100]).toBeLessThan(slowRunMs / 4);
});

test("a stuck model is killed after the request's time, only its request fails, and nobody else waits", async () => {
  gateway = await TestGateway.start(api, { workers: 1 });
  api.publish([late, slowEndpoint(releaseOf("slow-loops", "1", "slow"))]);
  await Promise.all([api.reported("slow", "ready"), api.reported("fast", "ready")]);
  const [workers, models] = [workerPids(), modelPids()];

  const stuck = askSlow({ x: 1000 });
  await delay(100);
  expect((await timesOfFast(100)).at(-2)).toBeLessThan(1000);
  expect(await stuck).toEqual({
    status: 504,
    body: {
      error: {
        code: "prediction.timeout",
        message: "the model did not answer within 4000 ms and was stopped",
        fix: expect.any(String),
      },
    },
  });
  expect(await timesOfFast(20)).toHaveLength(20);
  await vi.waitFor(async () => expect((await askSlow({ x: 6 })).body.predictions).toEqual([{ value: 6 }]), 60_000);
  expect(workerPids()).toEqual(workers);
  expect(modelPids()).not.toEqual(models);

  const tensor = { name: "x", shape: [1, 1], datatype: "FP32", data: [1000] };
  const second = await askSlow({ inputs: [tensor] }, "/v2/models/slow-loops/infer");
  expect(second).toEqual({ status: 504, body: { error: expect.stringContaining("did not answer within 4000 ms") } });
});

test("a process that somebody kills is replaced, and reported ready again", async () => {
  gateway = await TestGateway.start(api, { workers: 1 });
  api.publish([slowEndpoint(releaseOf("slow-loops", "1", "slow"), { timeoutMs: 30_000 })]);
  await api.reported("slow", "ready");
  const [first = 0] = modelPids();
  process.kill(first, "SIGKILL");
  await vi.waitFor(() => expect(modelPids()).not.toContain(first), 60_000);
  // it waits in the worker until the successor listens
  expect((await askSlow({ x: 5 })).status).toBe(200);
  await api.reported("slow", "ready");
});

test("a model that passed its check and got a worker stuck runs apart from then on, also after a restart", async () => {
  gateway = await TestGateway.start(api, { workers: 1, stuckAfterSeconds: 3 });
  api.publish([late, slowEndpoint(releaseOf("loops-over-100", "1", "slow"), { timeoutMs: 2000 })]);
  await Promise.all([api.reported("slow", "ready"), api.reported("fast", "ready")]);
  expect(modelPids()).toEqual([]);
  await expect(askSlow({ x: 1000 })).rejects.toThrow();
  const isApart = () => expect(gateway.running.status().models).toMatchObject([{ releaseId: "slow", isReady: true }]);
  await vi.waitFor(isApart, 60_000);
  await vi.waitFor(async () => expect((await askSlow({ x: 5 })).status).toBe(200), 60_000);
  // until it is told as ready again, the worker may still run it itself
  const told = api.reports.length;
  const isReady = ({ releases }: GatewayReport) =>
    releases.some(({ releaseId, state }) => releaseId === "slow" && state === "ready");
  await vi.waitFor(() => expect(api.reports.slice(told).some(isReady)).toBe(true), 60_000);

  const workers = workerPids();
  expect((await askSlow({ x: 1000 })).status).toBe(504);
  expect(await timesOfFast(3)).toHaveLength(3);
  expect(workerPids()).toEqual(workers);

  await gateway.stop();
  await gateway.start();
  await vi.waitFor(isApart, 60_000);
});

test("a slow version is swapped for another one under load without a failure, and its process ends", async () => {
  gateway = await TestGateway.start(api, { workers: 2 });
  const limits = { timeoutMs: 30_000 };
  const [first, second] = [releaseOf("slow-loops", "1", "slow-1"), releaseOf("slow-loops", "2", "slow-2")];
  api.publish([slowEndpoint(first, limits)]);
  await api.reported("slow-1", "ready");
  const asking = keepAsking(`${gateway.url}/production/flights/slow/predict`, { x: 5 }, 4);
  await vi.waitFor(() => expect(asking.answered.has("1")).toBe(true), 60_000);
  // without preparing: the former version answers until the next one is there
  api.publish([slowEndpoint(second, limits)]);
  await api.reported("slow-2", "ready");
  await vi.waitFor(() => expect(asking.answered.has("2")).toBe(true), 60_000);
  const asked = await asking.stop();
  expect(asked.failed).toEqual([]);
  expect([...asked.answered.keys()].sort()).toEqual(["1", "2"]);
  expect(gateway.running.status().models).toMatchObject([{ releaseId: "slow-2" }]);
});

test("what could not be answered in time is refused at once", async () => {
  gateway = await TestGateway.start(api, { workers: 1 });
  api.publish([slowEndpoint(releaseOf("slow-loops", "1", "slow"), { timeoutMs: 20 })]);
  await api.reported("slow", "ready");
  const { status, body } = await askSlow({ inputs: new Array(200).fill({ x: 1 }) });
  expect({ status, body }).toEqual({
    status: 413,
    body: {
      error: {
        code: "request.too_large",
        message: expect.stringMatching(
          /^200 rows take this model about [\d.]+ s, longer than the time limit of 0.02 s$/,
        ),
        fix: expect.stringMatching(/^send at most \d+ rows at once$/),
      },
    },
  });
});

test("models in their own processes end with the gateway", async () => {
  gateway = await TestGateway.start(api, { workers: 1 });
  api.publish([slowEndpoint(releaseOf("slow-loops", "1", "slow"))]);
  await api.reported("slow", "ready");
  const [pid = 0] = modelPids();
  expect(() => process.kill(pid, 0)).not.toThrow();
  await gateway.stop();
  expect(() => process.kill(pid, 0)).toThrow();
});
