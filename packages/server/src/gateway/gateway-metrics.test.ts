import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { promtoolAt, seriesValue } from "../kernel/metrics/testing/promtool.ts";
import { endpointOf, FakeApi, keyOfToken, releaseOf } from "./testing/fake-api.ts";
import { TestGateway } from "./testing/run-test-gateway.ts";

const promtool = promtoolAt(process.env.PAVE_TEST_PROMTOOL);
vi.setConfig({ testTimeout: 120_000 });

const row = { origin: "ORD", hour: 17, distance: 733, wind: 25.5 };
const place = 'project="flights",environment="production",deployment="late",model_version="1"';
const keys = [keyOfToken("secret"), { ...keyOfToken("scrape", []), readsMetrics: true }];
let api: FakeApi;
let gateway: TestGateway;

beforeEach(async () => {
  api = new FakeApi();
  await api.start();
  gateway = await TestGateway.start(api, { workers: 2 });
  api.publish([endpointOf([releaseOf("late-1", "1")])], keys);
  await api.reported("release-1", "ready");
});
afterEach(async () => {
  await gateway.remove();
  await api.stop();
});

const scrape = (token?: string, method = "GET") =>
  fetch(`${gateway.url}/metrics`, { method, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
const text = async () => (await scrape("scrape")).text();

test("what was answered is counted by version and class, over all workers, and told while the api is down", async () => {
  const before = await text();
  expect(seriesValue(before, `pave_gateway_requests_total{${place},code="5xx"}`)).toBe(0);
  expect(seriesValue(before, `pave_gateway_model_ready{${place}}`)).toBe(1);
  await api.stop();
  for (const body of [row, { inputs: [row, row] }, { hour: "late" }]) await gateway.ask("/predict", { body });
  await vi.waitFor(async () =>
    expect(seriesValue(await text(), `pave_gateway_request_duration_seconds_count{${place}}`)).toBe(3),
  );
  const after = await text();
  const requests = (code: string) => seriesValue(after, `pave_gateway_requests_total{${place},code="${code}"}`);
  expect([requests("2xx"), requests("4xx"), requests("5xx")]).toEqual([2, 1, 0]);
  expect(seriesValue(after, `pave_gateway_rows_total{${place}}`)).toBe(3);
  expect(seriesValue(after, `pave_gateway_traffic_weight_ratio{${place}}`)).toBe(1);
  expect(seriesValue(after, "pave_gateway_workers_ready")).toBe(2);
  expect(seriesValue(after, 'pave_gateway_children_resident_memory_bytes{kind="worker"}')).toBeGreaterThan(10_000_000);
  expect(after).not.toMatch(/release-1|deployment-1|principal-1/);
});

test("counters are for tokens that may read them, and such a token calls no model", async () => {
  expect([(await scrape()).status, (await scrape("nobody")).status, (await scrape("secret")).status]).toEqual([
    401, 401, 403,
  ]);
  expect((await scrape("scrape", "POST")).status).toBe(405);
  expect((await gateway.ask("/predict", { body: row, token: "scrape" })).status).toBe(403);
});

test("a version that leaves the config takes its series along", async () => {
  await gateway.ask("/predict", { body: row });
  api.publish([endpointOf([releaseOf("late-2", "2")])], keys);
  await api.reported("release-2", "ready");
  await vi.waitFor(async () => {
    const now = await text();
    expect(now).not.toContain('model_version="1"');
    expect(now).toContain('model_version="2"');
  });
});

const prometheus = join(dirname(process.env.PAVE_TEST_PROMTOOL ?? "/none/none"), "prometheus");
test.skipIf(!existsSync(prometheus))("Prometheus itself scrapes it, and its tool has nothing to say", async () => {
  expect(await promtool.run(["check", "metrics"], await text())).toEqual({ code: 0, said: "" });
  const folder = await mkdtemp(join(tmpdir(), "pave-prometheus-"));
  const port = await freePort();
  const config = join(folder, "prometheus.yml");
  await writeFile(join(folder, "token"), "scrape");
  await writeFile(
    config,
    `scrape_configs:
  - job_name: pave-gateway
    scrape_interval: 1s
    authorization: { credentials_file: ${join(folder, "token")} }
    static_configs: [{ targets: ["${new URL(gateway.url).host}"] }]
`,
  );
  const flags = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "data")}`];
  const child = spawn(prometheus, [...flags, `--web.listen-address=127.0.0.1:${port}`], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    const query = async (expression: string) => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`;
      const answer = (await (await fetch(url)).json()) as { data: { result: { value: [number, string] }[] } };
      return answer.data.result.map(({ value }) => value[1]);
    };
    await vi.waitFor(async () => expect(await query('up{job="pave-gateway"}')).toEqual(["1"]), { timeout: 60_000 });
    expect(await query('pave_gateway_model_ready{deployment="late",model_version="1"}')).toEqual(["1"]);
  } finally {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
