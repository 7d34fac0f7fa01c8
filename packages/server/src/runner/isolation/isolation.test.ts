import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRoot } from "../../drivers/process/process-life.ts";
import { sleep } from "../../kernel/time.ts";
import { pythonStep } from "../testing/command-work.ts";
import { type FakeApi, startFakeApi } from "../testing/fake-api.ts";
import { newDataFolder, removeRunnerFolder, startRunner, type TestRunner } from "../testing/test-runner.ts";

if (!isRoot()) console.log("isolation by users: skipped, as these tests need root");

describe.skipIf(!isRoot())("with a user for each attempt", () => {
  let api: FakeApi;
  let runner: TestRunner;
  let platform: Platform;

  beforeAll(async () => {
    api = await startFakeApi();
    runner = await startRunner(api, await newDataFolder(), { isolation: "uid" });
    platform = await startPlatform();
  });
  afterAll(async () => {
    await platform.stop();
    await runner.stop();
    await removeRunnerFolder(runner.dataFolder);
    await api.close();
  });

  /** Runs `script` with the paths of things it must not reach, and gives its output as JSON. */
  const spy = async (script: string, paths: readonly (string | number)[]): Promise<unknown> => {
    const prelude = `
import ctypes, json, os, socket
out = []
def attempt(name, act):
    try: act(); out.append([name, "worked"])
    except OSError as error: out.append([name, os.strerror(error.errno)])
paths = json.load(open(os.environ["PAVE_INPUT"]))["params"]["paths"]
`;
    const workId = api.add(pythonStep(api, `${prelude}${script}\nprint(json.dumps(out))`, { params: { paths } }));
    expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded", message: null });
    return JSON.parse(api.text(workId, "stdout"));
  };

  it("keeps a step from token file, data folder, database socket and the platform's processes", async () => {
    const script = `
token, folder, sock, pid = paths
attempt("token", lambda: open(token).read())
attempt("data folder", lambda: os.listdir(folder))
attempt("socket", lambda: socket.socket(socket.AF_UNIX).connect(sock))
attempt("environment", lambda: open(f"/proc/{pid}/environ").read())
attempt("memory", lambda: open(f"/proc/{pid}/mem", "rb").read(1))
attempt("working folder", lambda: os.listdir(f"/proc/{pid}/cwd"))
attempt("signal", lambda: os.kill(pid, 9))
def trace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, pid, 0, 0) != 0: raise OSError(ctypes.get_errno(), "ptrace")
attempt("trace", trace)
attempt("user", lambda: os.setuid(0))
attempt("shadow", lambda: open("/etc/shadow").read())
`;
    const { token, folder, socket, pid } = platform;
    expect(await spy(script, [token, folder, socket, pid])).toEqual([
      ["token", "Permission denied"],
      ["data folder", "Permission denied"],
      ["socket", "Permission denied"],
      ["environment", "Permission denied"],
      ["memory", "Permission denied"],
      ["working folder", "Permission denied"],
      ["signal", "Operation not permitted"],
      ["trace", "Operation not permitted"],
      ["user", "Operation not permitted"],
      ["shadow", "Permission denied"],
    ]);
  });

  it("keeps a step from another run's folder and processes, and from the runner's files", async () => {
    const script = `
import os, time, json
given = json.load(open(os.environ["PAVE_INPUT"]))
os.chmod(os.environ["PAVE_OUTPUT"], 0o777)
open(os.environ["PAVE_OUTPUT"] + "/secret", "w").write("secret")
print(json.dumps([os.getpid(), os.getuid(), os.environ["PAVE_INPUT"], os.environ["PAVE_OUTPUT"]]), flush=True)
time.sleep(600)
`;
    const other = api.add(pythonStep(api, script));
    while (api.text(other) === "") await sleep(20);
    const [pid, uid, input, output] = JSON.parse(api.text(other)) as [number, number, string, string];
    const attempts = join(runner.root, "attempts");
    const spying = `
pid, input, output, attempts, mine = paths
attempt("input", lambda: open(input).read())
attempt("output", lambda: open(output + "/secret").read())
attempt("write", lambda: open(output + "/forged", "w").write("x"))
attempt("environment", lambda: open(f"/proc/{pid}/environ").read())
attempt("through its process", lambda: os.listdir(f"/proc/{pid}/cwd"))
attempt("signal", lambda: os.kill(pid, 9))
attempt("list", lambda: os.listdir(attempts))
attempt("cache", lambda: os.listdir(os.path.dirname(attempts) + "/cache"))
attempt("own work.json", lambda: open(os.path.dirname(os.path.dirname(os.environ["PAVE_INPUT"])) + "/work.json").read())
attempt("own spec", lambda: open(os.path.dirname(os.path.dirname(os.environ["PAVE_INPUT"])) + "/supervisor/spec.json").read())
attempt("forge an end", lambda: open(os.path.dirname(os.path.dirname(os.environ["PAVE_INPUT"])) + "/supervisor/exit.json", "w").write("{}"))
attempt("supervisor", lambda: os.kill(os.getppid(), 9))
out.append(["same user", os.getuid() == mine])
`;
    const seen = await spy(spying, [pid, input, output, attempts, uid]);
    expect(api.claims.every((claim) => claim.isolation === "uid")).toBe(true);
    expect(seen).toEqual([
      ["input", "Permission denied"],
      ["output", "Permission denied"],
      ["write", "Permission denied"],
      ["environment", "Permission denied"],
      ["through its process", "Permission denied"],
      ["signal", "Operation not permitted"],
      ["list", "Permission denied"],
      ["cache", "Permission denied"],
      ["own work.json", "Permission denied"],
      ["own spec", "Permission denied"],
      ["forge an end", "Permission denied"],
      ["supervisor", "Operation not permitted"],
      ["same user", false],
    ]);
    api.row(other).isCancelled = true;
    await api.finished(other);
  });

  it("ends all that a step started, also what forked away, and sweeps up after it", async () => {
    const script = `
import os, sys, time
main = os.getpid()
left = f"/tmp/pave-left-{main}"
os.makedirs(left + "/deep"); open(left + "/deep/x", "w").close(); os.symlink("/etc", left + "/link")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.close(1); os.close(2)
        while os.path.exists(f"/proc/{main}"): pass
        while True:
            # Forks on and on, and tries to end whoever comes to end it.
            os.fork()
            try: os.kill(-1, 9)
            except OSError: pass
    os._exit(0)
print(os.getuid(), left)
`;
    const workId = api.add(pythonStep(api, script));
    expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded" });
    const [uid, left = ""] = api.text(workId).trim().split(" ");
    expect(await processesOf(Number(uid))).toEqual([]);
    expect(await readdir("/tmp")).not.toContain(left.replace("/tmp/", ""));
  });

  it("does not let a step change the code of the platform or its environment", async () => {
    const script = `
attempt("component", lambda: open(paths[0] + "/components/lib/step.ts", "a"))
attempt("scripts", lambda: open(paths[0] + "/python/pave_attempt/supervise.py", "a"))
`;
    const builtins = join(import.meta.dirname, "..", "..", "..", "..", "..");
    expect(await spy(script, [builtins])).toEqual([
      ["component", "Permission denied"],
      ["scripts", "Permission denied"],
    ]);
  });
});

interface Platform {
  readonly folder: string;
  readonly token: string;
  readonly socket: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A data folder, a socket in a closed folder and a process with a secret in its environment, as the server has them. */
async function startPlatform(): Promise<Platform> {
  const folder = await mkdtemp(join(tmpdir(), "pave-platform-"));
  await chmod(folder, 0o700);
  const token = join(folder, "token");
  const socket = join(folder, "s");
  await writeFile(token, "secret", { mode: 0o644 });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await chmod(socket, 0o777);
  const child = spawn("/bin/sleep", ["600"], { cwd: folder, env: { SECRET: "secret" }, stdio: "ignore" });
  return {
    folder,
    token,
    socket,
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGKILL");
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

async function processesOf(uid: number): Promise<string[]> {
  const { readFile } = await import("node:fs/promises");
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    const isZombie = /^State:\s+Z/m.test(status);
    if (!isZombie && Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) === uid) found.push(pid);
  }
  return found;
}
