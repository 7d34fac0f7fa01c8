import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandWork } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isRoot } from "../drivers/process/process-life.ts";
import { checkModelWork } from "./testing/check-model-work.ts";
import { commandWork } from "./testing/command-work.ts";
import { type FakeApi, startFakeApi } from "./testing/fake-api.ts";
import { newDataFolder, removeRunnerFolder, repository, startRunner } from "./testing/test-runner.ts";

vi.setConfig({ testTimeout: 300_000 });

let api: FakeApi;
beforeAll(async () => {
  api = await startFakeApi();
});
afterAll(() => api.close());

/** pave/ingest-table over a small table. */
function ingest(): CommandWork {
  const digest = `sha256:${"0".repeat(64)}`;
  const files = [api.file("flights.csv", "date,late\n2001-01-01,1\n2001-01-02,0\n")];
  return commandWork({
    command: ["node", "ingest-table.ts"],
    builtin: "pave/ingest-table",
    inputs: { source: { type: "dataset", format: "csv", digest, metadata: {}, files } },
    outputs: { table: { type: "dataset", format: "parquet", required: true } },
  });
}

it("runs a built-in component where it is", async () => {
  const runner = await startRunner(api, await newDataFolder());
  const end = await api.finished(api.add(ingest()));
  expect(end).toMatchObject({
    outcome: "succeeded",
    message: null,
    outputs: [{ port: "table", files: [{ path: "table.parquet" }] }],
  });
  await runner.stop();
  await removeRunnerFolder(runner.dataFolder);
});

if (!isRoot()) console.log("a clone in a closed home: skipped, as this test needs root");

describe.skipIf(!isRoot())("a clone in a closed home", () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "pave-home-"));
    for (const folder of [
      "components",
      "python",
      "packages/contract",
      "packages/server/src/kernel",
      "packages/server/src/gateway",
    ]) {
      await mkdir(join(home, folder, ".."), { recursive: true });
      await cp(join(repository, folder), join(home, folder), { recursive: true });
    }
    await cp(join(repository, "package.json"), join(home, "package.json"));
    await symlink(join(repository, "node_modules"), join(home, "node_modules"));
    await chmod(home, 0o700);
  });
  afterAll(() => rm(home, { recursive: true }));

  it("is copied once to where steps can read it, and they can", async () => {
    const dataFolder = await newDataFolder();
    const first = await startRunner(api, dataFolder, { builtinsFolder: home });
    const end = await api.finished(api.add(ingest()));
    expect(end).toMatchObject({ outcome: "succeeded", message: null });
    const check = await api.finished(api.add(await checkModelWork(api, "late-1")));
    expect(check).toMatchObject({ outcome: "succeeded", check: { ok: true } });
    await first.stop();

    const copies = async () =>
      (await readdir(join(first.root, "runtime"))).filter((name) => name.startsWith("builtins-"));
    const [copy = ""] = await copies();
    const { ctimeMs } = await stat(join(first.root, "runtime", copy));
    const second = await startRunner(api, dataFolder, { builtinsFolder: home });
    expect(await api.finished(api.add(ingest()))).toMatchObject({ outcome: "succeeded" });
    await second.stop();
    expect(await copies()).toEqual([copy]);
    expect((await stat(join(first.root, "runtime", copy))).ctimeMs).toBe(ctimeMs);
    await removeRunnerFolder(dataFolder);
  });
});
