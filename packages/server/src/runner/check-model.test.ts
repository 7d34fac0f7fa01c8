import type { CheckModelWork, ModelCheck } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkModelWork } from "./testing/check-model-work.ts";
import { type FakeApi, startFakeApi } from "./testing/fake-api.ts";
import { newDataFolder, removeRunnerFolder, startRunner, type TestRunner } from "./testing/test-runner.ts";

vi.setConfig({ testTimeout: 300_000 });

let api: FakeApi;
let runner: TestRunner;
beforeAll(async () => {
  api = await startFakeApi();
  runner = await startRunner(api, await newDataFolder());
});
afterAll(async () => {
  await runner.stop();
  await removeRunnerFolder(runner.dataFolder);
  await api.close();
});

async function check(name: string, limits: Partial<Pick<CheckModelWork, "timeoutMs" | "memoryBytes">> = {}) {
  const end = await api.finished(api.add({ ...(await checkModelWork(api, name)), ...limits }));
  return { ...end, check: end.check as ModelCheck };
}

describe("checking a model", () => {
  it("scores it", async () => {
    const end = await check("late-1");
    expect(end).toMatchObject({ outcome: "succeeded", check: { ok: true } });
    expect(end.check.rows).toBeGreaterThan(0);
    expect(end.check.signature?.length).toBeGreaterThan(0);
  });

  it("tells a finding about the model as a result", async () => {
    const end = await check("bad-zipmap");
    expect(end).toMatchObject({
      outcome: "succeeded",
      reason: null,
      check: { ok: false, problem: expect.any(String) },
    });
  });

  it("ends one that takes too long", async () => {
    const end = await check("late-1", { timeoutMs: 50 });
    expect(end).toMatchObject({
      outcome: "succeeded",
      check: { ok: false, problem: expect.stringMatching(/^scoring did not end within 0\.1 s/) },
    });
  });

  it("ends one that eats the memory", async () => {
    const end = await check("late-1", { memoryBytes: 20 * 2 ** 20 });
    expect(end).toMatchObject({
      outcome: "succeeded",
      check: { ok: false, problem: "the model needs more than 20 MiB of memory" },
    });
  });
});
