import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sleep } from "../kernel/time.ts";
import { pythonStep } from "./testing/command-work.ts";
import { type FakeApi, startFakeApi } from "./testing/fake-api.ts";
import { newDataFolder, removeRunnerFolder, repository, startRunner, type TestRunner } from "./testing/test-runner.ts";

vi.setConfig({ testTimeout: 300_000 });

const run = promisify(execFile);

describe("a step and the disk", () => {
  let api: FakeApi;
  let runner: TestRunner;
  beforeAll(async () => {
    api = await startFakeApi();
    runner = await startRunner(api, await newDataFolder(), { stepDiskBytes: 40 * 2 ** 20, pruneMs: 200 });
  });
  afterAll(async () => {
    await runner.stop();
    await removeRunnerFolder(runner.dataFolder);
    await api.close();
  });

  const perform = async (script: string) => {
    const workId = api.add(pythonStep(api, script, { limits: { timeoutMs: 60_000 } }));
    return { workId, end: await api.finished(workId) };
  };
  /** Small files, so that no limit of a single file helps. */
  const write = (folder: string, megabytes: number) =>
    `
import os, time
folder = ${folder}
for index in range(${megabytes}):
    open("%s/part-%d" % (folder, index), "wb").write(os.urandom(1 << 20))
`;

  it("ends over its limit, and only what is small stays of it", async () => {
    const { workId, end } = await perform(
      `open("notes.txt", "w").write("seen")${write('os.environ["TMPDIR"]', 30)}${write('os.environ["PAVE_OUTPUT"]', 20)}time.sleep(600)`,
    );
    expect(end).toMatchObject({ outcome: "failed", reason: "disk" });
    expect(end.message).toMatch(
      /^step train took more disk than its limit of 40 MiB \(\d+ MiB when it was stopped\); write less, or have the runner started with a larger PAVE_STEP_DISK$/,
    );
    const kept = join(runner.root, "kept", workId);
    await vi.waitFor(async () => expect(await readdir(kept)).toContain("step"), 60_000);
    const paths = await readdir(kept, { recursive: true });
    expect(paths).toEqual(
      expect.arrayContaining(["step/code/step.py", "step/code/notes.txt", "given/input.json", "log.jsonl"]),
    );
    expect(paths).not.toContain("step/tmp");
    expect(paths).not.toContain("step/home");
  });

  it("may write and remove more than its limit in all, and holes are free", async () => {
    const { end } = await perform(`
import os, time
for index in range(6):
    open("part", "wb").write(os.urandom(10 << 20))
    time.sleep(0.3)
    os.unlink("part")
with open("holes", "wb") as file:
    file.truncate(39 << 20)
os.link("holes", "holes-2")
time.sleep(1.5)
`);
    expect(end).toMatchObject({ outcome: "succeeded" });
  });

  it("keeps no large file and no mountain of small ones of a step that failed", async () => {
    const { workId } = await perform(`
import os
open("large", "wb").write(os.urandom(17 << 20))
open(os.environ["PAVE_OUTPUT"] + "/report.txt", "w").write("half of it")
raise SystemExit(1)
`);
    const kept = join(runner.root, "kept", workId);
    await vi.waitFor(async () => expect(await readdir(kept)).toContain("step"), 60_000);
    const paths = await readdir(kept, { recursive: true });
    expect(paths).toContain("step/output/report.txt");
    expect(paths).not.toContain("step/code/large");
  });

  it("the oldest of twenty failures goes also when nothing fails any more", async () => {
    const old = join(runner.root, "kept", "older");
    await mkdir(old, { recursive: true });
    // the clock of the file system goes in steps of some milliseconds
    const { ctimeMs } = await stat(old);
    while ((await changedNow()) <= ctimeMs) await sleep(1);
    for (let index = 0; index < 20; index += 1) await mkdir(join(runner.root, "kept", `newer-${index}`));
    await vi.waitFor(async () => expect(await readdir(join(runner.root, "kept"))).not.toContain("older"), 60_000);
  });

  async function changedNow(): Promise<number> {
    await utimes(runner.root, new Date(), new Date());
    return (await stat(runner.root)).ctimeMs;
  }
});

describe("the watch over the disk", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pave-disk-"));
    await writeFile(join(folder, "data"), Buffer.alloc(3 * 2 ** 20, 1));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** What it says when so much more than is free has to stay free. */
  const look = async (missingBytes: number) => {
    const script = `
import sys
sys.path.insert(0, ${JSON.stringify(join(repository, "python", "pave_attempt"))})
import os
from disk import DiskWatch, free_bytes
folder = ${JSON.stringify(folder)}
# one moment of a disk on which others write and remove, too
space = os.statvfs(folder)
os.statvfs = lambda path: space
watch = DiskWatch({"folder": folder, "maxBytes": 1 << 40, "minFreeBytes": free_bytes(folder) + ${missingBytes}}, None)
watch.look()
print(watch.look())
`;
    return (await run("python3", ["-I", "-c", script])).stdout.trim();
  };

  it("ends a step on a full disk where that gives the space back, and no other", async () => {
    expect(await look(2 ** 20)).toBe("disk-full");
    expect(await look(2 ** 40)).toBe("None");
    expect(await look(-(2 ** 30))).toBe("None");
  });
});
