import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer as createHttpServer, type Server } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandWork, FinishBody } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isRoot } from "../../drivers/process/process-life.ts";
import { sleep } from "../../kernel/time.ts";
import { pythonStep } from "../testing/command-work.ts";
import { type FakeApi, startFakeApi } from "../testing/fake-api.ts";
import { processesIn } from "../testing/processes-in.ts";
import { newDataFolder, removeRunnerFolder, startRunner, type TestRunner } from "../testing/test-runner.ts";
import { findBubblewrap } from "./bubblewrap.ts";

vi.setConfig({ testTimeout: 120_000 });

const hasBubblewrap = "found" in (await findBubblewrap(process.env.PATH ?? "", null));
const canConfine = isRoot() && hasBubblewrap;
if (!canConfine) console.log("confined steps: skipped, as these tests need root and bubblewrap");

const none = { network: "none" } as const;
const tries = `
import ctypes, errno, json, os, socket, struct, sys
given = json.load(open(os.environ["PAVE_INPUT"]))["params"]
out = {}
def attempt(name, act):
    try: out[name] = act() or "worked"
    except OSError as error: out[name] = errno.errorcode.get(error.errno, str(error))
def tcp(host, port):
    with socket.create_connection((host, port), timeout=3): pass
`;

describe.skipIf(!canConfine)("a step with everything around it", () => {
  let api: FakeApi;
  let runner: TestRunner;
  let listener: Server;
  let heard = 0;

  beforeAll(async () => {
    api = await startFakeApi();
    runner = await startRunner(api, await newDataFolder(), { capacity: 4 });
    listener = createHttpServer((_, response) => {
      heard += 1;
      response.end("secret");
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    listener.close();
    await runner.stop();
    await removeRunnerFolder(runner.dataFolder);
    await api.close();
  });

  const start = (script: string, work: Parameters<typeof pythonStep>[2] = {}): string =>
    api.add(pythonStep(api, script, { ...none, ...work }));
  const run = (script: string, work: Parameters<typeof pythonStep>[2] = {}): Promise<FinishBody> =>
    api.finished(start(script, work));
  /** What a script found out, as JSON. */
  const spy = async (script: string, params: CommandWork["params"] = {}, work: Partial<CommandWork> = {}) => {
    const workId = start(`${tries}${script}\nprint(json.dumps(out))`, { params, ...work });
    expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded", message: null });
    return JSON.parse(api.text(workId, "stdout")) as Record<string, unknown>;
  };
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

  it("says what held, from its start on", async () => {
    const end = await run("pass", { limits: { memoryBytes: 2 * 2 ** 30, cpu: 2 } });
    expect(end.isolation).toEqual({
      ...{ user: true, files: true, network: "none" },
      memory: { limit: 2 * 2 ** 30, by: "cgroup" },
      cpu: { limit: 2, by: "cgroup" },
      processes: { limit: 512, by: "cgroup" },
    });
    expect((await run("pass", { network: "egress" })).isolation).toMatchObject({ network: "egress" });
    expect(api.claims.at(-1)?.isolation).toBe("uid+bwrap");
  });

  it("reaches no listener of the machine, no other address, no name, and no socket without a file", async () => {
    const abstract = spawn(
      "/usr/bin/python3",
      [
        "-c",
        "import socket, time; s = socket.socket(socket.AF_UNIX); s.bind('\\0pave-test-abstract'); s.listen(); time.sleep(600)",
      ],
      { stdio: "ignore" },
    );
    const other = await otherNetwork();
    const script = `
attempt("a listener of the machine", lambda: tcp("127.0.0.1", given["port"]))
attempt("another network of the machine", lambda: tcp(given["other"], 80))
attempt("metadata", lambda: tcp("169.254.169.254", 80))
attempt("the internet", lambda: tcp("192.0.2.1", 443))
attempt("over udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)) and None)
def name():
    try: socket.getaddrinfo("example.com", 80)
    except socket.gaierror: raise OSError(errno.EHOSTUNREACH, "no name")
attempt("a name", name)
attempt("an abstract socket", lambda: socket.socket(socket.AF_UNIX).connect("\\0pave-test-abstract"))
attempt("raw packets", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("raw frames", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("netlink of the machine", lambda: json.dumps([name for _, name in socket.if_nameindex()]))
def listen():
    s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); tcp(*s.getsockname())
attempt("its own loopback", listen)
`;
    try {
      expect(await spy(script, { port: portOf(listener), other: other.address })).toEqual({
        "a listener of the machine": "ECONNREFUSED",
        "another network of the machine": "ENETUNREACH",
        metadata: "ENETUNREACH",
        "the internet": "ENETUNREACH",
        "over udp": "ENETUNREACH",
        "a name": "EHOSTUNREACH",
        "an abstract socket": "ECONNREFUSED",
        "raw packets": "EPERM",
        "raw frames": "EPERM",
        "netlink of the machine": '["lo"]',
        "its own loopback": "worked",
      });
      expect(heard).toBe(0);
      const open = { network: "egress" } as const;
      const asked = await spy(
        `attempt("a listener of the machine", lambda: tcp("127.0.0.1", given["port"]))`,
        { port: portOf(listener) },
        open,
      );
      expect(asked).toEqual({ "a listener of the machine": "worked" });
    } finally {
      abstract.kill();
      other.stop();
    }
  });

  it("sees neither files nor processes of the platform or of others, and cannot become more", async () => {
    const victim = start(
      "import os, time; open(os.environ['PAVE_OUTPUT'] + '/secret', 'w').write('secret'); print(os.environ['PAVE_INPUT'], flush=True); time.sleep(600)",
      { token: "pave_run_of_another" },
    );
    while (api.text(victim) === "") await sleep(20);
    const folder = await mkdtemp(join(tmpdir(), "pave-secret-"));
    const socket = createServer();
    await new Promise<void>((resolve) => socket.listen(join(folder, "s"), resolve));
    const script = `
attempt("the data folder", lambda: os.listdir(given["data"]))
attempt("the platform's socket", lambda: socket.socket(socket.AF_UNIX).connect(given["folder"] + "/s"))
attempt("another step's input", lambda: open(given["input"]).read())
attempt("all attempts", lambda: [name for name in os.listdir(given["attempts"]) if name not in os.getcwd()] and None)
attempt("others in the process table", lambda: [pid for pid in os.listdir("/proc") if pid.isdigit() and int(pid) > 1
  and b"pave_run_of_another" in open(f"/proc/{pid}/environ", "rb").read()] and None)
attempt("the runner's environment", lambda: open(f"/proc/{given['pid']}/environ").read())
def trace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, given["pid"], 0, 0) != 0: raise OSError(ctypes.get_errno(), "")
attempt("to trace the runner", trace)
attempt("a link out", lambda: (os.symlink(given["folder"], "out"), os.listdir("out")) and None)
attempt("a hard link out", lambda: os.link("/etc/passwd", "passwd"))
attempt("the root of its first process", lambda: os.listdir("/proc/1/root" + given["data"]))
links = [os.readlink(f"/proc/1/fd/{name}") for name in os.listdir("/proc/1/fd")]
out["what its first process holds"] = [link for link in links if not link.startswith(("pipe:", "anon_inode:", "/dev/null"))]
attempt("another user", lambda: os.setuid(0))
def more_namespaces():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10000000) != 0: raise OSError(ctypes.get_errno(), "")
attempt("namespaces of its own", more_namespaces)
def mount():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) != 0: raise OSError(ctypes.get_errno(), "")
attempt("to mount", mount)
attempt("the code that runs it", lambda: open(given["code"], "a"))
attempt("its own input", lambda: open(os.environ["PAVE_INPUT"], "a"))
attempt("control groups", lambda: os.listdir("/sys/fs/cgroup"))
attempt("kernel settings", lambda: open("/proc/sys/kernel/core_pattern", "w"))
attempt("to signal all", lambda: os.kill(-1, 0))
out["processes"] = len([pid for pid in os.listdir("/proc") if pid.isdigit()]) < 6
`;
    const code = join(import.meta.dirname, "..", "..", "..", "..", "..", "python", "pave_attempt", "enter.py");
    const params = { data: runner.dataFolder, folder, input: api.text(victim).trim(), pid: process.pid, code };
    const seen = await spy(script, { ...params, attempts: join(runner.root, "attempts") });
    api.row(victim).isCancelled = true;
    await api.finished(victim);
    socket.close();
    await rm(folder, { recursive: true });
    expect(seen).toMatchObject({
      "the data folder": "ENOENT",
      "the platform's socket": "ENOENT",
      "another step's input": "ENOENT",
      "all attempts": "worked",
      "others in the process table": "worked",
      "the runner's environment": "ENOENT",
      "to trace the runner": "ESRCH",
      "a link out": "ENOENT",
      "a hard link out": "EXDEV",
      "the root of its first process": expect.stringMatching(/^E/),
      "what its first process holds": [],
      "another user": expect.stringMatching(/^E/),
      "namespaces of its own": expect.stringMatching(/^E/),
      "to mount": "EPERM",
      "the code that runs it": expect.stringMatching(/^E/),
      "its own input": expect.stringMatching(/^E(ROFS|ACCES)$/),
      "control groups": "ENOENT",
      "kernel settings": expect.stringMatching(/^E/),
      processes: true,
    });
  });

  it("that fills the memory is ended and told so; others go on", async () => {
    const other = start("import time; time.sleep(3); print('went on')");
    const end = await run("x = []\nwhile True: x.append(bytearray(8 << 20))", {
      limits: { memoryBytes: 200 * 2 ** 20 },
    });
    expect(end).toMatchObject({ outcome: "failed", reason: "oom" });
    expect(end.message).toMatch(
      /^step train ran out of memory: used 200 MiB of 200 MiB; raise `limits\.memory` of its component, or let it hold/,
    );
    const inFiles = "open('/dev/shm/x', 'wb').write(bytes(300 << 20))";
    expect(await run(inFiles, { limits: { memoryBytes: 200 * 2 ** 20 } })).toMatchObject({ reason: "oom" });
    const inChild = `
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "x = bytearray(400 << 20)"])
time.sleep(600)`;
    expect(await run(inChild, { limits: { memoryBytes: 200 * 2 ** 20 } })).toMatchObject({ reason: "oom" });
    expect(await api.finished(other)).toMatchObject({ outcome: "succeeded" });
  });

  it("that forks without end stops at its limit of processes and says so; others go on", async () => {
    const other = start("import subprocess, time; time.sleep(1); subprocess.run(['/bin/true'], check=True)");
    const end = await run(`
import os, time
children = 0
while True:
    try: pid = os.fork()
    except OSError as error:
        raise SystemExit(f"error: {children} children, then {error.strerror}")
    if pid == 0: time.sleep(600); os._exit(0)
    children += 1
`);
    expect(end).toMatchObject({ outcome: "failed", reason: "exit" });
    expect(end.message).toMatch(
      /^step train exited with code 1 \(it came to its limit of 512 processes and threads; start fewer at once\): error: 5\d\d children/,
    );
    expect(await api.finished(other)).toMatchObject({ outcome: "succeeded" });
    const bomb = start("import os\nwhile True:\n  try: os.fork()\n  except OSError: pass", {
      limits: { timeoutMs: 3_000 },
    });
    expect(await api.finished(bomb)).toMatchObject({ reason: "timeout" });
    expect(await processesIn(join(runner.root, "attempts", bomb))).toEqual([]);
  });

  it("that burns the processors gets no more than it asked for", async () => {
    const script = `
import os, time
for _ in range(3):
    if os.fork() == 0: break
until = time.monotonic() + 2
while time.monotonic() < until: pass
`;
    const end = await run(script, { limits: { cpu: 0.5 } });
    const { cpuSeconds = 0, wallSeconds = 1 } = end.usage ?? {};
    // 0.5, and what it may catch up on at its start
    expect(cpuSeconds / wallSeconds).toBeLessThan(0.75);
  });

  it("leaves no process, folder or group behind, however its parts went away", async () => {
    const script = `
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.close(1); os.close(2); time.sleep(601)
        os._exit(0)
`;
    const workId = start(script);
    expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded" });
    expect(await processesIn(join(runner.root, "attempts", workId))).toEqual([]);
    while ((await readdir(join(runner.root, "attempts"))).length > 0) await sleep(20);
    const groups = (await groupsOf("memory")).filter((name) => name.includes(workId));
    expect(groups).toEqual([]);
  });
});

/** Another network on this machine, with a web server in it. */
async function otherNetwork(): Promise<{ address: string; stop(): void }> {
  const address = "10.77.0.2";
  const script = `
import socket, subprocess, time
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["ip", "addr", "add", "${address}/32", "dev", "lo"], check=True)
s = socket.socket(); s.bind(("${address}", 80)); s.listen(); print("up", flush=True); time.sleep(600)`;
  const child = spawn("unshare", ["--net", "/usr/bin/python3", "-c", script], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve, reject) => {
    child.stdout.once("data", resolve);
    child.once("exit", () => reject(new Error("no other network could be made")));
  });
  return { address, stop: () => void child.kill("SIGKILL") };
}

async function groupsOf(controller: string): Promise<string[]> {
  return readdir(`/sys/fs/cgroup/${controller}`, { recursive: true }).catch(() => []);
}
