import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProcessRuntime } from "../packages/server/src/gateway/runtime/process-runtime.ts";
import type { Tensors } from "../packages/server/src/gateway/runtime/runtime.ts";
import { encodeFrame, FrameReader, type FromProcess } from "../packages/server/src/gateway/runtime/wire.ts";
import { eventually } from "./support/eventually.ts";
import { pythonClient } from "./support/python-client.ts";

const worker = join(import.meta.dirname, "..", "python", "pave_worker");
let python: string;
let folder: string;
let socket: string;
let lamp: ChildProcess;
let watcher: ReturnType<typeof createConnection>;
const told: FromProcess[] = [];

beforeAll(async () => {
  python = await pythonClient("mlflow");
  folder = await mkdtemp(join(tmpdir(), "pave-worker-"));
  socket = join(folder, "s");
  lamp = spawn(python, [join(import.meta.dirname, "clients", "mlflow", "lamp.py"), worker, socket], {
    stdio: "inherit",
  });
  watcher = await eventually("the process", connected, () => true, 60_000);
  const reader = new FrameReader<FromProcess>();
  watcher.on("data", (chunk) => told.push(...reader.read(chunk).map(({ message }) => message)));
  for (const part of encodeFrame({ type: "watch" })) watcher.write(part);
}, 900_000);
afterAll(async () => {
  lamp?.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

async function connected() {
  const connection = createConnection(socket);
  await once(connection, "connect");
  return connection;
}

const rows = (...x: number[]): Tensors => ({
  x: { type: "float64", dims: [x.length, 1], data: new Float64Array(x) },
  name: { type: "string", dims: [x.length, 1], data: x.map((value) => `é${value}`) },
});
const inMs = (milliseconds: number) => performance.now() + milliseconds;

test("the worker's own tests pass", async () => {
  await promisify(execFile)(python, ["-m", "unittest", "discover", "-s", join(worker, "tests")]);
}, 120_000);

test("says what it takes and gives, and answers rows in order", async () => {
  await eventually(
    "hello",
    async () => told[0]?.type,
    (type) => type === "hello",
  );
  const hello = told[0] as Extract<FromProcess, { type: "hello" }>;
  expect(hello.inputs).toMatchObject([
    { name: "x", type: "float64", shape: ["rows"] },
    { name: "name", type: "string" },
  ]);
  expect(hello.outputs).toMatchObject([
    { name: "twice", type: "float64" },
    { name: "word", type: "string" },
  ]);
  const runtime = new ProcessRuntime({ socket, inputs: hello.inputs, outputs: hello.outputs });
  const answers = await Promise.all([1, 2, 3].map((x) => runtime.run(rows(x, 10 * x), inMs(60_000))));
  expect(answers.map(({ twice, word }) => [Array.from(twice?.data as Float64Array), word?.data])).toEqual([
    [
      [2, 20],
      ["é1!", "é10!"],
    ],
    [
      [4, 40],
      ["é2!", "é20!"],
    ],
    [
      [6, 60],
      ["é3!", "é30!"],
    ],
  ]);
  await expect(runtime.run(rows(-1), inMs(60_000))).rejects.toThrow("the lamp takes no negative numbers");
  await runtime.release();
});

test("tells who watches when it stands still, and does not begin what is late", async () => {
  const [first, second] = [0, 1].map(() => new ProcessRuntime({ socket, inputs: [], outputs: [] }));
  const long = first?.run(rows(1000), inMs(60_000));
  await eventually(
    "the run",
    async () => told.at(-1)?.type,
    (type) => type === "running",
  );
  await expect(second?.run(rows(1), inMs(100))).rejects.toMatchObject({ name: "RuntimeFailure", kind: "waited" });
  expect(await long).toMatchObject({ twice: { dims: [1] } });
  await eventually(
    "the pause",
    async () => told.at(-1)?.type,
    (type) => type === "idle",
  );
  await Promise.all([first?.release(), second?.release()]);
});

test("ends when nobody watches and nobody is connected", async () => {
  const ended = once(lamp, "exit");
  const caller = await connected();
  watcher.destroy();
  await eventually(
    "the watcher's end",
    async () => watcher.closed,
    (isClosed) => isClosed,
  );
  expect(lamp.exitCode).toBeNull();
  caller.destroy();
  expect(await ended).toEqual([0, null]);
});
