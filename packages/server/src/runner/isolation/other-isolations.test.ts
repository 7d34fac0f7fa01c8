import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sleep } from "../../kernel/time.ts";
import { pythonStep } from "../testing/command-work.ts";
import { type FakeApi, startFakeApi } from "../testing/fake-api.ts";
import { processesIn } from "../testing/processes-in.ts";
import { newDataFolder, removeRunnerFolder, startRunner, type TestRunner } from "../testing/test-runner.ts";
import { findBubblewrap } from "./bubblewrap.ts";

vi.setConfig({ testTimeout: 300_000 });

const hasBubblewrap = "found" in (await findBubblewrap(process.env.PATH ?? "", null));
if (!hasBubblewrap) console.log("isolation by bubblewrap: skipped, as there is none here that works");

const kinds = hasBubblewrap ? (["none", "bwrap"] as const) : (["none"] as const);

describe.each(kinds)("with isolation %s", (isolation) => {
  let api: FakeApi;
  let runner: TestRunner;
  beforeAll(async () => {
    api = await startFakeApi();
    runner = await startRunner(api, await newDataFolder(), { isolation });
  });
  afterAll(async () => {
    await runner.stop();
    await removeRunnerFolder(runner.dataFolder);
    await api.close();
  });

  const outputs = { model: { type: "model" as const, format: null, required: true } };
  const digest = `sha256:${"0".repeat(64)}`;

  it("runs a step from its inputs to its outputs", async () => {
    const script = `
import json, os, shutil
given = json.load(open(os.environ["PAVE_INPUT"]))
shutil.copy(given["inputs"]["train"]["path"], os.environ["PAVE_OUTPUT"] + "/model.bin")
open("scratch", "w"); open(os.environ["TMPDIR"] + "/x", "w"); open(os.environ["HOME"] + "/x", "w")
`;
    const train = {
      type: "dataset" as const,
      format: "csv",
      digest,
      metadata: {},
      files: [api.file("train.csv", "1,2")],
    };
    const end = await api.finished(api.add(pythonStep(api, script, { inputs: { train }, outputs })));
    expect(end).toMatchObject({
      outcome: "succeeded",
      message: null,
      outputs: [{ port: "model", files: [{ path: "model.bin", size: 3 }] }],
    });
    expect(api.claims.every((claim) => claim.isolation === isolation)).toBe(true);
  });

  it("tells how a step failed", async () => {
    const killed = await api.finished(
      api.add(pythonStep(api, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")),
    );
    expect(killed).toMatchObject({ outcome: "failed", reason: "killed", signal: "SIGKILL" });
    const exited = await api.finished(api.add(pythonStep(api, "raise SystemExit('error: no')")));
    expect(exited).toMatchObject({ reason: "exit", exitCode: 1, message: "step train exited with code 1: error: no" });
    const late = await api.finished(
      api.add(pythonStep(api, "import time; time.sleep(600)", { limits: { timeoutMs: 400 } })),
    );
    expect(late).toMatchObject({ reason: "timeout" });
    const linked = await api.finished(
      api.add(
        pythonStep(api, "import os; os.symlink('/etc/passwd', os.environ['PAVE_OUTPUT'] + '/model.x')", { outputs }),
      ),
    );
    expect(linked).toMatchObject({
      reason: "invalid-output",
      message: expect.stringContaining("model.x: is a symbolic link"),
    });
  });

  it("ends what a step left running, and removes even what it locked", async () => {
    const script = `
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.close(1); os.close(2); time.sleep(601)
    os._exit(0)
os.mkdir("locked"); open("locked/x", "w"); os.chmod("locked", 0)
`;
    const workId = api.add(pythonStep(api, script));
    expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded" });
    expect(await processesIn(join(runner.root, "attempts", workId))).toEqual([]);
    while ((await readdir(join(runner.root, "attempts"))).includes(workId)) await sleep(20);
  });

  it.runIf(isolation === "bwrap")("shows a step neither the platform's files nor its processes", async () => {
    const script = `
import json, os
paths = json.load(open(os.environ["PAVE_INPUT"]))["params"]["paths"]
processes = [name for name in os.listdir("/proc") if name.isdigit()]
print(json.dumps({"seen": [path for path in paths if os.path.exists(path)], "few": len(processes) < 5}))
open("/usr/x", "w")
`;
    const token = join(runner.dataFolder, "token");
    await writeFile(token, "secret");
    const paths = [
      token,
      join(runner.root, "runner-id"),
      `/proc/${process.pid}/environ`,
      join(process.cwd(), ".git"),
      "/home",
      "/var/lib/pave/uids",
    ];
    const workId = api.add(pythonStep(api, script, { params: { paths } }));
    const end = await api.finished(workId);
    expect(JSON.parse(api.text(workId, "stdout"))).toEqual({ seen: [], few: true });
    expect(end.message).toContain("Read-only file system");
  });
});
