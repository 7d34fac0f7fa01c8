/** The process's side of `wire.ts`: runs what workers send, one after the other. */
import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { messageOf } from "../../kernel/pave-error.ts";
import type { Runtime, Tensors } from "./runtime.ts";
import { encodeFrame, FrameReader, type FromProcess, monotonicMs, type ToProcess, wireProtocol } from "./wire.ts";

interface Queued {
  readonly caller: Socket;
  readonly id: number;
  readonly deadlineMs: number;
  readonly feeds: Tensors;
}

export class RuntimeServer {
  readonly #runtime: Runtime;
  readonly #server: Server;
  readonly #callers = new Set<Socket>();
  readonly #watchers = new Set<Socket>();
  #queue: Queued[] = [];
  #isRunning = false;
  /** Called when the last watcher leaves. */
  onUnwatched: (() => void) | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  async listen(path: string): Promise<void> {
    await rm(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(path, resolve);
    });
  }

  /** Nobody is connected but who watches. */
  get isUnused(): boolean {
    return this.#callers.size === 0;
  }

  #welcome(socket: Socket) {
    this.#callers.add(socket);
    const reader = new FrameReader<ToProcess>();
    const { inputs, outputs } = this.#runtime;
    this.#send(socket, { type: "hello", protocol: wireProtocol, inputs, outputs });
    socket.on("data", (chunk) => {
      try {
        for (const { message, tensors } of reader.read(chunk)) this.#receive(socket, message, tensors);
      } catch {
        socket.destroy();
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#callers.delete(socket);
      this.#queue = this.#queue.filter(({ caller }) => caller !== socket);
      if (this.#watchers.delete(socket) && this.#watchers.size === 0) this.onUnwatched?.();
    });
  }

  #receive(socket: Socket, message: ToProcess, feeds: Tensors) {
    if (message.type === "watch") {
      this.#callers.delete(socket);
      this.#watchers.add(socket);
      return;
    }
    this.#queue.push({ caller: socket, id: message.id, deadlineMs: message.deadlineMs, feeds });
    if (!this.#isRunning) void this.#runAll();
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      await this.#run(next);
      // what came meanwhile is read, and who left is known, before the next one
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isRunning = false;
    this.#tellWatchers({ type: "idle" });
  }

  async #run({ caller, id, deadlineMs, feeds }: Queued): Promise<void> {
    if (caller.destroyed) return;
    if (monotonicMs() > deadlineMs) return this.#send(caller, { type: "late", id });
    // small writes to a local socket are done before they return, so both are told before this process stands still
    this.#tellWatchers({ type: "running", deadlineMs });
    this.#send(caller, { type: "begin", id });
    try {
      const outputs = await this.#runtime.run(feeds, performance.now() + deadlineMs - monotonicMs());
      this.#send(caller, { type: "answer", id }, outputs);
    } catch (error) {
      this.#send(caller, { type: "failed", id, message: messageOf(error).slice(0, 2000) });
    }
  }

  #tellWatchers(message: FromProcess) {
    for (const watcher of this.#watchers) this.#send(watcher, message);
  }

  #send(socket: Socket, message: FromProcess, tensors?: Tensors) {
    if (socket.destroyed) return;
    const parts = encodeFrame(message, tensors);
    if (parts.length > 1) socket.cork();
    for (const part of parts) socket.write(part);
    if (parts.length > 1) socket.uncork();
  }
}
