import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectGateway, gatewayCodeVersion, gatewayProcess, gatewayStatus, stopGateway } from "../gateway/index.ts";
import { FakeApi } from "../gateway/testing/fake-api.ts";
import { silentLogger } from "../kernel/logger.ts";
import { beginGateway, keepGateway } from "./keep-gateway.ts";

// real processes on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 300_000 });

let api: FakeApi;
let folder: string;
const kept: { crash(): void; stop(): Promise<void> }[] = [];
beforeEach(async () => {
  api = new FakeApi();
  await api.start();
  folder = await mkdtemp(join(tmpdir(), "pave-keep-"));
});
afterEach(async () => {
  for (const { stop } of kept.splice(0)) await stop();
  await stopGateway(folder);
  await api.stop();
  await rm(folder, { recursive: true });
});

/** What a start of `pave up` does, after the one before was killed: that one looks no more and leaves its gateway behind. */
async function start(
  settings: {
    host?: string;
    port?: number;
    workers?: number;
    version?: string;
    silentMs?: number;
    isBegun?: boolean;
  } = {},
) {
  for (const { crash } of kept) crash();
  let hasCrashed = false;
  const { host = "127.0.0.1", port = 0, workers = 1, version = gatewayCodeVersion } = settings;
  const environment = {
    PAVE_HOME: folder,
    PAVE_GATEWAY_HOST: host,
    PAVE_GATEWAY_PORT: String(port),
    PAVE_GATEWAY_WORKERS: String(workers),
  };
  const options = {
    child: { role: "gateway", environment, logFolder: folder, log: silentLogger, detached: true, connectsLater: true },
    dataFolder: folder,
    host,
    port,
    workers,
    // also a look that was on its way when the crash came has no consequence any more
    async status(path: string) {
      const found = hasCrashed ? undefined : await gatewayStatus(path);
      return hasCrashed ? unwatched : found;
    },
    isRunning: async (path: string) => (await gatewayProcess(path)) !== undefined,
    stop: async (path: string) => (hasCrashed ? undefined : stopGateway(path)),
    connect: (path: string) => connectGateway(path, { apiUrl: api.url, token: "gateway-token" }),
    codeVersion: version,
    log: silentLogger,
    ...(settings.silentMs === undefined ? {} : { silentMs: settings.silentMs }),
  } as const;
  const begun = settings.isBegun ? await beginGateway(options) : undefined;
  const gateway = await keepGateway({ ...options, begun });
  kept.push({
    ...gateway,
    crash() {
      hasCrashed = true;
    },
  });
  return { gateway, status: await gatewayStatus(folder) };
}

const unwatched = { pid: 0, host: "", port: 0, workerCount: 0, version: "", apiUrl: "nowhere" };

test("after a crash the gateway is adopted, unless it should listen elsewhere or have other workers", async () => {
  const { status: first } = await start();
  expect(first).toMatchObject({ host: "127.0.0.1", workerCount: 1 });
  const { status: same } = await start();
  expect(same?.pid).toBe(first?.pid);

  const { status: larger } = await start({ workers: 2 });
  expect(larger?.pid).not.toBe(first?.pid);
  expect(larger).toMatchObject({ workerCount: 2 });
  const { status: elsewhere } = await start({ workers: 2, host: "127.0.0.2" });
  expect(elsewhere?.pid).not.toBe(larger?.pid);
  expect(elsewhere).toMatchObject({ host: "127.0.0.2", workerCount: 2 });
});

test("one that was begun ahead of the api is kept and told where that is; where one runs, none is begun", async () => {
  const { gateway, status } = await start({ isBegun: true });
  expect(status).toMatchObject({ port: gateway.port, apiUrl: api.url });
  await vi.waitFor(async () => expect((await gatewayStatus(folder))?.contactAt).not.toBeNull(), 60_000);
  const { status: again } = await start({ isBegun: true });
  expect(again?.pid).toBe(status?.pid);
});

test("a gateway that does not answer any more is replaced where callers know it", async () => {
  const { gateway, status } = await start({ silentMs: 2000 });
  process.kill(status?.pid ?? 0, "SIGSTOP");
  await vi.waitFor(async () => expect((await gatewayStatus(folder))?.pid).not.toBe(status?.pid), 60_000);
  await vi.waitFor(async () => expect(await gatewayStatus(folder)).toMatchObject({ port: gateway.port }), 60_000);
  expect((await fetch(`http://127.0.0.1:${gateway.port}/healthz`)).status).toBe(200);
  expect(() => process.kill(status?.pid ?? 0, 0)).toThrow();
});

test("one that was left behind and does not answer is replaced at the start", async () => {
  const { status } = await start();
  process.kill(status?.pid ?? 0, "SIGSTOP");
  const { status: next } = await start({ port: status?.port ?? 0, silentMs: 2000 });
  expect(next?.pid).not.toBe(status?.pid);
  expect(next?.port).toBe(status?.port);
});
