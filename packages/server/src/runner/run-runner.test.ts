import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { CommandWork } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sleep } from "../kernel/time.ts";
import { commandWork, pythonStep } from "./testing/command-work.ts";
import { type FakeApi, startFakeApi } from "./testing/fake-api.ts";
import { processesIn } from "./testing/processes-in.ts";
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

const model = { model: { type: "model" as const, format: "onnx", required: true } };
const digest = `sha256:${"0".repeat(64)}`;

type Given = Parameters<typeof pythonStep>[2];

const start = (script: string, given: Given = {}): string => api.add(pythonStep(api, script, given));
const run = (script: string, given: Given = {}) => api.finished(start(script, given));
const inputs = (files: CommandWork["inputs"][string]["files"]): CommandWork["inputs"] => ({
  train: { type: "dataset", format: "csv", digest, metadata: { rows: 1 }, files },
});

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(10);
}

import { authorityVariables } from "./trusted-authorities.ts";

describe("a step that succeeds", () => {
  it("gets its input; outputs, metrics, log and usage are told", async () => {
    const script = `
import json, os, sys
given = json.load(open(os.environ["PAVE_INPUT"]))
out = os.environ["PAVE_OUTPUT"]
print(json.dumps(given))
print("to stderr", file=sys.stderr)
os.mkdir(out + "/model")
open(out + "/model/MLmodel", "w").write(open(given["inputs"]["train"]["path"]).read())
json.dump({"auc": 0.5}, open(out + "/metrics.json", "w"))
json.dump({"model": {"trees": 3}}, open(out + "/metadata.json", "w"))
sum(i * i for i in range(2_000_000))
`;
    const train = api.file("train.csv", "a,b\n1,2\n");
    const outputs = { ...model, metrics: { type: "metrics" as const, format: null, required: true } };
    const workId = start(script, { inputs: inputs([train]), params: { target: "late" }, outputs });
    const end = await api.finished(workId);
    expect(end).toMatchObject({
      fence: 1,
      outcome: "succeeded",
      reason: null,
      message: null,
      exitCode: 0,
      signal: null,
      metrics: { auc: 0.5 },
      outputs: [
        {
          port: "model",
          type: "model",
          format: "onnx",
          metadata: { trees: 3 },
          files: [{ path: "MLmodel", digest: train.digest, size: 8 }],
        },
        { port: "metrics", type: "metrics", format: "json", files: [{ path: "metrics.json", size: 12 }] },
      ],
    });
    expect(end.usage?.cpuSeconds).toBeGreaterThan(0.05);
    expect(end.usage?.wallSeconds).toBeGreaterThanOrEqual((end.usage?.cpuSeconds ?? 0) * 0.5);
    expect(end.usage?.peakMemoryBytes).toBeGreaterThan(5e6);
    expect(end.usage?.energyJoules).toBeGreaterThan(0);
    expect(api.text(workId, "stderr")).toBe("to stderr\n");
    const given = JSON.parse(api.text(workId, "stdout"));
    expect(given).toMatchObject({
      apiVersion: "pave/v1",
      project: "flight-delays",
      run: "run-1",
      step: "train",
      attempt: 1,
      params: { target: "late" },
    });
    expect(given.inputs).toEqual({
      train: {
        type: "dataset",
        format: "csv",
        path: expect.stringMatching(/\/train\.csv$/),
        digest,
        metadata: { rows: 1 },
      },
    });
    expect(given.outputs).toEqual({ model: { type: "model", format: "onnx" }, metrics: { type: "metrics" } });
    for (const { files } of end.outputs) for (const file of files) expect(api.blobs.has(file.digest)).toBe(true);
  });

  it("sees nothing of the runner's environment, and what it was promised", async () => {
    const workId = start("import json, os; print(json.dumps(dict(os.environ)))", {
      env: { GREETING: "hello", PATH: "/evil", PAVE_INPUT: "/evil", LD_PRELOAD: "x" },
      limits: { cpu: 2 },
    });
    await api.finished(workId);
    const seen = JSON.parse(api.text(workId, "stdout")) as Record<string, string>;
    expect(
      Object.keys(seen)
        // the last are there where this machine has an authority of its own
        .filter((name) => name !== "PWD" && !(name in authorityVariables("any")))
        .sort(),
    ).toEqual([
      "GREETING",
      "HOME",
      "LANG",
      "LC_ALL",
      "LOGNAME",
      "LOKY_MAX_CPU_COUNT",
      "MKL_NUM_THREADS",
      "MLFLOW_TRACKING_TOKEN",
      "MLFLOW_TRACKING_URI",
      "OMP_NUM_THREADS",
      "OPENBLAS_NUM_THREADS",
      "PATH",
      "PAVE_INPUT",
      "PAVE_OUTPUT",
      "PAVE_STEP_CPUS",
      "PYTHONUNBUFFERED",
      "TMPDIR",
      "TZ",
      "USER",
    ]);
    expect(seen).toMatchObject({
      GREETING: "hello",
      MLFLOW_TRACKING_URI: api.url,
      MLFLOW_TRACKING_TOKEN: "pave_run_secret",
      OMP_NUM_THREADS: "2",
      PAVE_STEP_CPUS: "2",
    });
    expect(seen.PATH).not.toContain("evil");
  });

  it("runs our node, finds its code beside it, and gets a folder for several files", async () => {
    const script = `import { readdirSync, readFileSync } from "node:fs";
const given: { inputs: { train: { path: string } } } = JSON.parse(readFileSync(process.env.PAVE_INPUT ?? "", "utf8"));
console.log(readdirSync(given.inputs.train.path).join(), readFileSync("lib/words.txt", "utf8"), process.version);`;
    const files = [api.file("a.csv", "1"), api.file("deep/b.csv", "2")];
    const code = [api.file("step.ts", script), api.file("lib/words.txt", "words")];
    const workId = api.add(commandWork({ command: ["node", "step.ts"], code, inputs: inputs(files) }));
    expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded", message: null });
    expect(api.text(workId, "stdout")).toBe(`a.csv,deep words ${process.version}\n`);
  });

  it("may run any program by name or path", async () => {
    const tool = api.file("tool.sh", "#!/bin/sh\necho tool $1\n", true);
    const byPath = api.add(commandWork({ command: ["./tool.sh", "x"], code: [tool] }));
    const byName = api.add(commandWork({ command: ["sh", "-c", "echo named"] }));
    expect([await api.finished(byPath), await api.finished(byName)]).toMatchObject([
      { outcome: "succeeded" },
      { outcome: "succeeded" },
    ]);
    expect([api.text(byPath), api.text(byName)]).toEqual(["tool x\n", "named\n"]);
  });

  it("uploads only what the store lacks, and cannot change its inputs in the cache", async () => {
    const train = api.file("train.csv", "shared input");
    const script = `
import json, os
path = json.load(open(os.environ["PAVE_INPUT"]))["inputs"]["train"]["path"]
try: open(path, "w").write("changed")
except OSError as error: print("refused", error.errno)
print(open(path).read())
`;
    for (let times = 0; times < 2; times += 1) {
      const workId = start(script, { inputs: inputs([train]) });
      expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded" });
      expect(api.text(workId)).toMatch(/^refused \d+\nshared input\n$/);
    }
  });

  it("tells what belongs to no output", async () => {
    const workId = start("import os; open(os.environ['PAVE_OUTPUT'] + '/scratch.txt', 'w').write('x')");
    expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded", outputs: [] });
    expect(api.text(workId, "system")).toBe("not kept, as it belongs to no output of the component: scratch.txt\n");
  });
});

describe("a step that fails", () => {
  it("with exit 1: its last words are the message", async () => {
    const end = await run(
      "import sys; print('progress'); print('warming up', file=sys.stderr); sys.exit('error: data.csv: expected a column late, found none; add it')",
    );
    expect(end).toMatchObject({ outcome: "failed", reason: "exit", exitCode: 1, outputs: [] });
    expect(end.message).toBe(
      "step train exited with code 1: error: data.csv: expected a column late, found none; add it",
    );
  });

  it("leaves its reports to read, and none of its other outputs", async () => {
    const outputs = { ...model, notebook: { type: "report" as const, format: "ipynb", required: true } };
    const script = `
import os, sys
for name in ("notebook.ipynb", "model.onnx"):
    open(os.path.join(os.environ["PAVE_OUTPUT"], name), "w").write("up to the cell that raised")
sys.exit("error: cell 4")
`;
    const workId = start(script, { outputs });
    expect(await api.finished(workId)).toMatchObject({
      outcome: "failed",
      reason: "exit",
      message: "step train exited with code 1: error: cell 4",
      outputs: [{ port: "notebook", type: "report", files: [{ path: "notebook.ipynb", size: 26 }] }],
    });
    expect(api.text(workId, "system")).toContain("kept of this failed attempt: notebook\n");
    const linked = start("import os; os.symlink('/etc/passwd', os.environ['PAVE_OUTPUT'] + '/notebook'); exit(3)", {
      outputs,
    });
    expect(await api.finished(linked)).toMatchObject({ outcome: "failed", exitCode: 3, outputs: [] });
    expect(api.text(linked, "system")).toContain("no report of this failed attempt is kept: step train left outputs");
  });

  it("by SIGKILL", async () => {
    const end = await run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)");
    expect(end).toMatchObject({
      outcome: "failed",
      reason: "killed",
      exitCode: null,
      signal: "SIGKILL",
      message: "step train was killed by SIGKILL (out of memory?) and wrote no message",
    });
  });

  it("by running too long, with everything it started", async () => {
    const script = `
import os, subprocess, time
open(os.path.join(os.environ["PAVE_OUTPUT"], "notebook.ipynb"), "w").write("up to the cell that ran")
print(subprocess.Popen(["sleep", "600"], start_new_session=True).pid, flush=True)
time.sleep(600)
`;
    const outputs = { ...model, notebook: { type: "report" as const, format: "ipynb", required: true } };
    const workId = start(script, { limits: { timeoutMs: 5000 }, outputs });
    const end = await api.finished(workId);
    expect(end).toMatchObject({
      outcome: "failed",
      reason: "timeout",
      message: "step train ran longer than its timeout of 5 s; raise `timeout`, or let it do less",
      outputs: [{ port: "notebook", type: "report", files: [{ path: "notebook.ipynb", size: 23 }] }],
    });
    expect(api.text(workId, "stdout")).toMatch(/^\d+/);
    expect(await processesIn(join(runner.root, "attempts", workId))).toEqual([]);
  });

  it("by ignoring the end of its time", async () => {
    const end = await run("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)", {
      limits: { timeoutMs: 5000 },
    });
    expect(end).toMatchObject({ outcome: "failed", reason: "timeout", signal: "SIGKILL" });
    expect(end.usage?.wallSeconds).toBeGreaterThan(10);
  });

  it("by using too much memory, also in a child", async () => {
    const script =
      "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; x = bytearray(300 << 20); x[::4096] = b\"y\" * len(x[::4096]); time.sleep(600)'])";
    const end = await run(script, { limits: { memoryBytes: 100 * 2 ** 20 } });
    expect(end).toMatchObject({ outcome: "failed", reason: "oom" });
    expect(end.message).toMatch(/^step train ran out of memory: used \d+ MiB of 100 MiB; raise `limits.memory`/);
    expect(end.usage?.peakMemoryBytes).toBeGreaterThan(95 * 2 ** 20);
  });

  it("by writing no output", async () => {
    const end = await run("print('done')", { outputs: model });
    expect(end).toMatchObject({ outcome: "failed", reason: "no-output", exitCode: 0 });
    expect(end.message).toBe(
      "step train wrote no output `model`: expected $PAVE_OUTPUT/model/ or model.onnx, found nothing; write it there before the step ends, or remove it from the outputs in component.yaml",
    );
  });

  it.each([
    ["a symbolic link", "os.symlink('/etc/passwd', out + '/model/x')", "model/x: is a symbolic link"],
    [
      "a folder that is a link",
      "os.rmdir(out + '/model'); os.symlink('/etc', out + '/model')",
      "model: is a symbolic link",
    ],
    [
      "a hard link",
      "open('y', 'w').write('y'); os.link('y', out + '/model/x')",
      "model/x: is a hard link to another file",
    ],
    ["a named pipe", "os.mkfifo(out + '/model/x')", "model/x: is a named pipe"],
    [
      "a socket",
      "import socket; s = socket.socket(socket.AF_UNIX); os.chdir(out + '/model'); s.bind('x')",
      "model/x: is a socket",
    ],
    [
      "a name of two lines",
      "open(out + '/model/x\\nerror: all is well', 'w').close()",
      "model/x\\nerror: all is well: has a name that",
    ],
    ["an odd name", "open(out.encode() + b'/model/\\xff', 'w').close()", "has a name that is too long, not UTF-8"],
    [
      "a file that no store takes",
      "open(out + '/model/x', 'wb').truncate(2 ** 33 + 1)",
      "model/x: has 8589934593 bytes, more than the 8589934592 that one stored file may have; split it",
    ],
    ["too many files", "[open(f'{out}/model/{i}', 'w').close() for i in range(10001)]", "holds more than 10000 files"],
  ])("by leaving %s as output", async (_, line, problem) => {
    const end = await run(`import os; out = os.environ["PAVE_OUTPUT"]; os.mkdir(out + "/model"); ${line}`, {
      outputs: model,
    });
    expect(end).toMatchObject({ outcome: "failed", reason: "invalid-output", outputs: [] });
    expect(end.message).toContain(problem);
  });

  it("by leaving a file that something before the store refuses: trying again would not help", async () => {
    api.setMaxBlobBytes(1000);
    const end = await run(`import os; open(os.environ["PAVE_OUTPUT"] + "/model.onnx", "w").write("x" * 2000)`, {
      outputs: model,
    });
    api.setMaxBlobBytes(Number.POSITIVE_INFINITY);
    expect(end).toMatchObject({ outcome: "failed", reason: "invalid-output", outputs: [] });
    expect(end.message).toContain("the store answered 413 to an upload");
  });

  it.each([
    [
      "a program that is not there",
      { command: ["no-such-program"] },
      "command: expected a program, found `no-such-program`",
    ],
    [
      "a path that is not there",
      { command: ["./nothing.sh"] },
      /^step train (could not start `.*nothing\.sh`|exited with code 1: bwrap: execvp)/,
    ],
    [
      "a built-in that this runner lacks",
      { command: ["node", "x.ts"], builtin: "pave/no-such" },
      "pave/no-such: this runner has no such built-in component",
    ],
    [
      "a built-in outside of its folder",
      { command: ["node", "x.ts"], builtin: "../../etc" },
      "expected a relative path",
    ],
    [
      "code outside of its folder",
      { command: ["sh"], code: [{ path: "../x", digest, size: 1, executable: false, url: "/" }] },
      "expected a relative path",
    ],
    [
      "a file that the store lacks",
      { command: ["sh"], code: [{ path: "x", digest, size: 1, executable: false, url: `/api/v1/blobs/${digest}` }] },
      "x: the store answered 404",
    ],
  ])("because of %s", async (_, given, message) => {
    const end = await api.finished(api.add(commandWork(given)));
    expect(end).toMatchObject({ outcome: "failed", outputs: [] });
    expect(end.message).toEqual(expect.stringMatching(message));
  });

  it("because a file is not what its digest says", async () => {
    const file = { ...api.file("step.py", "print(1)"), digest };
    api.blobs.set(digest, Buffer.from("print(2)"));
    const end = await api.finished(
      api.add(commandWork({ command: ["python", "step.py"], code: [{ ...file, url: `/api/v1/blobs/${digest}` }] })),
    );
    api.blobs.delete(digest);
    expect(end).toMatchObject({
      outcome: "failed",
      reason: "infra",
      message: expect.stringMatching(/^step\.py: expected sha256:0+, found sha256:/),
    });
  });
});

describe("a runner", () => {
  it("cancels at once", async () => {
    const workId = start("import time; print('here'); time.sleep(600)");
    await until(() => api.text(workId).includes("here"));
    const since = performance.now();
    api.row(workId).isCancelled = true;
    expect(await api.finished(workId)).toMatchObject({ outcome: "cancelled", reason: "cancelled", signal: "SIGTERM" });
    // Well before the 5 s after which a step that does not listen is killed.
    expect(performance.now() - since).toBeLessThan(4000);
  });

  it("does not ask all the time while a cancelled step takes its time to end", async () => {
    const script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here'); time.sleep(600)";
    const workId = start(script);
    await until(() => api.text(workId).includes("here"));
    const before = api.claims.length;
    api.row(workId).isCancelled = true;
    expect(await api.finished(workId)).toMatchObject({ outcome: "cancelled", signal: "SIGKILL" });
    expect(api.claims.length - before).toBeLessThan(15);
  });

  it("stops and forgets what is another's by now", async () => {
    const workId = start("import os, time; print(os.getpid()); time.sleep(600)");
    await until(() => api.text(workId) !== "");
    const folder = join(runner.root, "attempts", workId);
    expect(await processesIn(folder)).not.toEqual([]);
    api.row(workId).fence += 1;
    api.row(workId).leaseUntil = Number.POSITIVE_INFINITY;
    await until(
      async () =>
        (await processesIn(folder)).length === 0 && !(await readdir(join(runner.root, "attempts"))).includes(workId),
    );
    expect(api.row(workId).finishes).toEqual([]);
  });

  it("keeps steps running and results safe while the API is down", async () => {
    const workId = start("import time; print('begun'); time.sleep(1); print('ended')", { outputs: {} });
    await until(() => api.text(workId).includes("begun"));
    api.setDown(true);
    const supervisor = join(runner.root, "attempts", workId, "supervisor");
    await until(async () => (await readdir(supervisor)).includes("exit.json"));
    // and the runner tries to tell of it
    await sleep(1000);
    expect(api.row(workId).finishes).toEqual([]);
    const upAgain = Date.now();
    api.setDown(false);
    const end = await api.finished(workId);
    expect(end).toMatchObject({ outcome: "succeeded" });
    expect(Date.parse(end.finishedAt)).toBeLessThan(upAgain);
    expect(api.text(workId)).toBe("begun\nended\n");
  });

  it("leaves nothing behind, and a failed attempt's folder without its secrets", async () => {
    const good = start("print(1)");
    const bad = start("raise SystemExit(1)");
    await Promise.all([api.finished(good), api.finished(bad)]);
    await until(async () => (await readdir(join(runner.root, "attempts"))).length === 0);
    const kept = await readdir(join(runner.root, "kept", bad), { recursive: true });
    expect(kept).toContain("step/code/step.py");
    expect(kept).toContain("log.jsonl");
    expect(kept).not.toContain("work.json");
    expect(kept).not.toContain("supervisor/spec.json");
    await expect(readdir(join(runner.root, "kept", good))).rejects.toThrow("ENOENT");
  });

  it("takes no more than it has room for", async () => {
    const ids = [1, 2, 3].map(() => start("import time; time.sleep(0.5)"));
    await Promise.all(ids.map((id) => api.finished(id)));
    const rows = ids.map((id) => api.row(id)).sort((a, b) => a.claimedAt - b.claimedAt);
    const firstEnd = Math.min(...rows.map((row) => row.finishedAt));
    expect(rows.map((row) => row.claimedAt < firstEnd)).toEqual([true, true, false]);
  });

  it("keeps a long log within its bounds and the last words in any case", async () => {
    const script = "import sys; [print('x' * 1023) for _ in range(60000)]; sys.exit('error: at the end')";
    const workId = start(script);
    const end = await api.finished(workId);
    expect(end.message).toBe("step train exited with code 1: error: at the end");
    expect(api.text(workId, "stdout").length).toBeGreaterThan(50 * 2 ** 20 - 1);
    expect(api.text(workId, "stdout").length).toBeLessThan(51 * 2 ** 20);
    expect(api.text(workId, "system")).toContain("the log reached its limit");
    const chunks = [...api.row(workId).log].sort(([a], [b]) => a - b);
    let expected = 0;
    for (const [offset, chunk] of chunks) {
      if (offset !== expected) throw new Error(`a gap in the log at ${expected}: the next chunk begins at ${offset}`);
      expected += Buffer.byteLength(chunk.text);
    }
  });
});
