import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProcessRuntime } from "./process-runtime.ts";
import type { Tensors } from "./runtime.ts";
import { encodeFrame, FrameReader, type FromProcess, type ToProcess } from "./wire.ts";

/** A model process that does what a test says: `on` is called for each run. */
class Process {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly runs: number[] = [];
  constructor(on: (id: number, send: (message: FromProcess, tensors?: Tensors) => void, feeds: Tensors) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      const send = (message: FromProcess, tensors?: Tensors) => {
        for (const part of encodeFrame(message, tensors)) socket.write(part);
      };
      const reader = new FrameReader<ToProcess>();
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        for (const { message, tensors } of reader.read(chunk)) {
          if (message.type !== "run") continue;
          this.runs.push(message.id);
          on(message.id, send, tensors);
        }
      });
      send({ type: "hello", protocol: 1, inputs: [], outputs: [] });
    });
  }
  async listen(): Promise<this> {
    await rm(path, { force: true });
    await new Promise<void>((resolve) => this.#server.listen(path, resolve));
    return this;
  }
  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let folder: string;
let path: string;
let process_: Process;
let runtime: ProcessRuntime;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-runtime-"));
  path = join(folder, "model");
  runtime = new ProcessRuntime({ socket: path, inputs: [], outputs: [] });
});
afterEach(async () => {
  await runtime.release();
  await process_.end();
  await rm(folder, { recursive: true });
});

const feeds = (value: number): Tensors => ({ x: { type: "float32", dims: [1], data: new Float32Array([value]) } });
const run = (value: number, withinMs = 20_000) => runtime.run(feeds(value), performance.now() + withinMs);

test("runs go to the process one at a time, in order, and come back", async () => {
  process_ = await new Process(async (id, send, tensors) => {
    send({ type: "begin", id });
    await delay(20);
    send({ type: "answer", id }, tensors);
  }).listen();
  const all = Promise.all([run(1), run(2), run(3)]);
  await delay(10);
  expect(process_.runs.length).toBeLessThanOrEqual(1);
  expect(await all).toEqual([feeds(1), feeds(2), feeds(3)]);
  expect(process_.runs).toEqual([1, 2, 3]);
});

test("what the model cannot take is told in its words", async () => {
  process_ = await new Process((id, send) => send({ type: "failed", id, message: "13 is too much" })).listen();
  await expect(run(13)).rejects.toThrow("13 is too much");
});

test("a process that ends fails what it had begun, and its successor gets the rest", async () => {
  const first = await new Process((id, send) => send({ type: "begin", id })).listen();
  process_ = first;
  const [held, waiting] = [run(1), run(2)];
  const failed = expect(held).rejects.toMatchObject({ name: "RuntimeFailure", kind: "ended" });
  await expect.poll(() => first.runs).toEqual([1]);
  await delay(50);
  await first.end();
  await failed;
  process_ = await new Process((id, send, tensors) => send({ type: "answer", id }, tensors)).listen();
  expect(await waiting).toEqual(feeds(2));
  expect(process_.runs).toEqual([2]);
});

test("what was sent and not begun is sent again", async () => {
  const first = await new Process(() => {}).listen();
  process_ = first;
  const sent = run(1);
  await expect.poll(() => first.runs).toEqual([1]);
  await first.end();
  process_ = await new Process((id, send, tensors) => send({ type: "answer", id }, tensors)).listen();
  expect(await sent).toEqual(feeds(1));
});

test("nobody is waited for beyond the deadline, and the process is left to its watcher", async () => {
  process_ = await new Process((id, send) => send({ type: "begin", id })).listen();
  const [running, waiting] = [run(1, 1000), run(2, 1100)];
  await expect(running).rejects.toMatchObject({ kind: "timeout" });
  await expect(waiting).rejects.toMatchObject({ kind: "waited" });
  expect(process_.runs).toEqual([1]);
});
