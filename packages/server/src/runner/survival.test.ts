import { type ChildProcess, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { reachableRoot } from "../drivers/process/reachable.ts";
import { sleep } from "../kernel/time.ts";
import { stopAttempts } from "./stop-attempts.ts";
import { pythonStep } from "./testing/command-work.ts";
import { type FakeApi, startFakeApi } from "./testing/fake-api.ts";
import { newDataFolder, removeRunnerFolder } from "./testing/test-runner.ts";

vi.setConfig({ testTimeout: 300_000 });

let api: FakeApi;
let dataFolder: string;
let attempts: string;
let runner: ChildProcess;

beforeAll(async () => {
  api = await startFakeApi();
  dataFolder = await newDataFolder();
  attempts = join(await reachableRoot(dataFolder), "runner", "attempts");
});
afterAll(async () => {
  await stop("SIGTERM");
  await removeRunnerFolder(dataFolder);
  await api.close();
});
beforeEach(() => {
  if (runner === undefined || runner.exitCode !== null || runner.signalCode !== null) start();
});

function start(): void {
  const script = join(import.meta.dirname, "testing", "runner-process.ts");
  runner = spawn(process.execPath, [script, api.url, dataFolder, process.env.PATH ?? ""], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  if (runner.exitCode !== null || runner.signalCode !== null) return;
  const ended = new Promise((resolve) => runner.once("exit", resolve));
  runner.kill(signal);
  await ended;
}

const outputs = { model: { type: "model" as const, format: null, required: true } };
const script = `
import os, time
print("begun", flush=True)
time.sleep(1.2)
open(os.environ["PAVE_OUTPUT"] + "/model.bin", "wb").write(os.urandom(3_000_000))
print("ended")
`;
const step = () => api.add(pythonStep(api, script, { outputs }));
/** Goes on until {@link letEnd}: what happens meanwhile happens while it runs, however slow the machine is. */
const longStep = () =>
  api.add(
    pythonStep(
      api,
      `
import os, time
print("begun", flush=True)
while not os.path.exists(os.path.dirname(os.environ["PAVE_INPUT"]) + "/end"): time.sleep(0.02)
`,
    ),
  );
const letEnd = (workId: string) => writeFile(join(attempts, workId, "given", "end"), "");

async function textOf(workId: string, part: string): Promise<void> {
  while (!api.text(workId).includes(part)) await sleep(10);
}

describe("killed with -9", () => {
  it.each([
    ["while the step runs", (workId: string) => textOf(workId, "begun")],
    [
      "while nobody looks when it ends",
      async (workId: string) => {
        await textOf(workId, "begun");
        await stop("SIGKILL");
        await sleep(1500);
      },
    ],
  ])("%s: the next runner adopts it and its result arrives once", async (_, moment) => {
    const workId = step();
    await moment(workId);
    await stop("SIGKILL");
    start();
    const end = await api.finished(workId);
    expect(end).toMatchObject({
      outcome: "succeeded",
      exitCode: 0,
      outputs: [{ port: "model", files: [{ size: 3_000_000 }] }],
    });
    expect(end.usage?.wallSeconds).toBeGreaterThan(1.1);
    await sleep(300);
    expect(api.row(workId).finishes).toHaveLength(1);
    expect(api.text(workId)).toBe("begun\nended\n");
  });

  it("at any moment, again and again: every step ends well, once, and ran once", async () => {
    const ids = [1, 2, 3].map(step);
    for (let kills = 0; kills < 6; kills += 1) {
      await sleep(100 + Math.random() * 500);
      await stop("SIGKILL");
      start();
    }
    for (const workId of ids) {
      expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded", message: null });
      expect(api.text(workId)).toBe("begun\nended\n");
      expect(api.row(workId).finishes).toHaveLength(1);
    }
  });
});

it("goes on with the building of an environment, too", async () => {
  const lock = "six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n";
  const python = {
    requires: ">=3.11",
    lockPath: "requirements.lock",
    lockDigest: `sha256:${"0".repeat(64)}`,
    lock,
    declared: [],
  };
  const workId = api.add({ kind: "python-environment", environmentId: "e", python });
  await textOf(workId, "installing requirements.lock");
  await stop("SIGKILL");
  start();
  expect(await api.finished(workId)).toMatchObject({
    outcome: "succeeded",
    pythonEnvironment: { packages: [{ name: "six" }] },
  });
  expect(api.text(workId).match(/installing requirements\.lock/g)).toHaveLength(1);
});

it("ends well after a stop and a start, too", async () => {
  const workId = longStep();
  await textOf(workId, "begun");
  await stop("SIGTERM");
  expect(api.row(workId).finishes).toEqual([]);
  start();
  await letEnd(workId);
  expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded" });
});

it("calls the death of a supervisor an infrastructure failure, and ends what the step left", async () => {
  const workId = api.add(pythonStep(api, "import subprocess; subprocess.run(['sleep', '600'])"));
  const supervisor = await readSupervisor(workId);
  process.kill(supervisor, "SIGKILL");
  const end = await api.finished(workId);
  expect(end).toMatchObject({
    outcome: "failed",
    reason: "infra",
    message: "its supervisor ended without a result; the machine was restarted, or something killed it",
  });
  expect(await countSleeps()).toBe(0);
});

it("stops what runs when the platform goes down for good, and says so at the next start", async () => {
  const workId = longStep();
  await textOf(workId, "begun");
  await stop("SIGTERM");
  expect(await stopAttempts(dataFolder)).toBe(1);
  start();
  const end = await api.finished(workId);
  expect(end).toMatchObject({
    outcome: "failed",
    reason: "infra",
    message: "step train was stopped together with the platform",
  });
});

async function readSupervisor(workId: string): Promise<number> {
  for (;;) {
    const text = await readFile(join(attempts, workId, "supervisor", "supervisor.json"), "utf8").catch(() => "");
    const isStarted = api.row(workId).states.has("running");
    if (text !== "" && isStarted) return (JSON.parse(text) as { pid: number }).pid;
    await sleep(20);
  }
}

async function countSleeps(): Promise<number> {
  const { readdir } = await import("node:fs/promises");
  let count = 0;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const environ = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (environ.includes(attempts)) count += 1;
  }
  return count;
}
