/**
 * A model in a process of its own, as a worker uses it. One run is with the process at a time and the others wait here,
 * so that a process that ends takes one run with it. What the process had not begun is sent again to its successor,
 * which listens on the same path.
 */
import { createConnection, type Socket } from "node:net";
import { sleep } from "../../kernel/time.ts";
import { type Runtime, RuntimeFailure, type TensorMetadata, type Tensors } from "./runtime.ts";
import {
  encodeFrame,
  type Frame,
  FrameReader,
  type FromProcess,
  maxAnswerBytes,
  monotonicMs,
  type ToProcess,
} from "./wire.ts";

/** Where a model process listens and what it runs. */
export interface ModelProcessAddress {
  readonly socket: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

export class ProcessRuntime implements Runtime {
  readonly #path: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  readonly #waiting: Call[] = [];
  /** With the process; stays here after its deadline until the process is done with it, one way or the other. */
  #sent: Call | undefined;
  #socket: Socket | undefined;
  readonly #closing = new AbortController();
  #ids = 0;

  constructor({ socket, inputs, outputs }: ModelProcessAddress) {
    this.#path = socket;
    this.inputs = inputs;
    this.outputs = outputs;
    void this.#keepConnected();
  }

  run(feeds: Tensors, deadline: number): Promise<Tensors> {
    return new Promise((resolve, reject) => {
      this.#ids += 1;
      const call = new Call(this.#ids, feeds, deadline, resolve, reject, () => this.#expire(call));
      this.#waiting.push(call);
      this.#sendNext();
    });
  }

  async release(): Promise<void> {
    this.#closing.abort();
    this.#socket?.destroy();
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      const startedAt = performance.now();
      await this.#connectOnce();
      failures = performance.now() - startedAt > 1000 ? 0 : failures + 1;
      await sleep(Math.min(500, 20 * failures), signal);
    }
  }

  /** Resolves when the connection is over. */
  #connectOnce(): Promise<void> {
    return new Promise((resolve) => {
      const socket = createConnection(this.#path);
      const reader = new FrameReader<FromProcess>(maxAnswerBytes);
      socket.on("data", (chunk) => {
        try {
          for (const frame of reader.read(chunk)) this.#receive(socket, frame);
        } catch {
          socket.destroy();
        }
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        if (this.#socket === socket) this.#lost();
        resolve();
      });
      this.#closing.signal.addEventListener("abort", () => socket.destroy(), { once: true });
    });
  }

  #receive(socket: Socket, { message, tensors }: Frame<FromProcess>) {
    if (message.type === "hello") {
      this.#socket = socket;
      return this.#sendNext();
    }
    const call = this.#sent;
    if (!call || !("id" in message) || message.id !== call.id) return;
    if (message.type === "begin") {
      call.hasBegun = true;
      return;
    }
    this.#sent = undefined;
    if (message.type === "answer") call.resolve(tensors);
    else if (message.type === "failed") call.reject(new Error(String(message.message).slice(0, 2000)));
    else call.reject(new RuntimeFailure("waited"));
    this.#sendNext();
  }

  #lost() {
    this.#socket = undefined;
    const call = this.#sent;
    this.#sent = undefined;
    if (!call || call.isSettled) return;
    if (!call.hasBegun) this.#waiting.unshift(call);
    // the supervisor may be the quicker one to see that the time is over
    else call.reject(new RuntimeFailure(performance.now() > call.deadline - 20 ? "timeout" : "ended"));
  }

  #sendNext() {
    if (this.#sent || !this.#socket) return;
    const call = this.#waiting.shift();
    if (!call) return;
    this.#sent = call;
    const deadlineMs = monotonicMs() + call.deadline - performance.now();
    const run: ToProcess = { type: "run", id: call.id, deadlineMs };
    this.#socket.cork();
    for (const part of encodeFrame(run, call.feeds)) this.#socket.write(part);
    this.#socket.uncork();
  }

  #expire(call: Call) {
    const at = this.#waiting.indexOf(call);
    if (at >= 0) this.#waiting.splice(at, 1);
    call.reject(new RuntimeFailure(call.hasBegun ? "timeout" : "waited"));
  }
}

class Call {
  readonly id: number;
  readonly feeds: Tensors;
  readonly deadline: number;
  readonly #resolve: (outputs: Tensors) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  hasBegun = false;
  isSettled = false;

  constructor(
    id: number,
    feeds: Tensors,
    deadline: number,
    resolve: (outputs: Tensors) => void,
    reject: (error: Error) => void,
    onDeadline: () => void,
  ) {
    this.id = id;
    this.feeds = feeds;
    this.deadline = deadline;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(onDeadline, Math.min(2 ** 31 - 1, Math.max(0, deadline - performance.now())));
  }

  resolve(outputs: Tensors) {
    clearTimeout(this.#timer);
    this.isSettled = true;
    this.#resolve(outputs);
  }

  reject(error: Error) {
    clearTimeout(this.#timer);
    this.isSettled = true;
    this.#reject(error);
  }
}
