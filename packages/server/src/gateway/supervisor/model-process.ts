import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { entryFile } from "@pave/contract/installation";
import { sleep } from "../../kernel/time.ts";
import { rssOf } from "../process-memory.ts";
import type { ModelProcessAddress } from "../runtime/process-runtime.ts";
import { encodeFrame, FrameReader, type FromProcess, monotonicMs } from "../runtime/wire.ts";

export interface ModelProcessOptions {
  readonly folder: string;
  readonly socket: string;
  readonly memoryBytes: number;
  /** To load and warm the model. */
  readonly startMs: number;
  readonly compileCache: string;
  readonly onReady: (address: ModelProcessAddress) => void;
  /** `why` is a sentence's part: "was stopped because …", "ended with code 1 (…)". */
  readonly onExit: (why: string) => void;
}

/** After its deadline a run gets this long to be on its way back. */
const graceMs = 50;

/** One process that runs one model, as its supervisor sees it. */
export class ModelProcess {
  readonly #options: ModelProcessOptions;
  readonly #child: ChildProcess;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly startedAt = performance.now();
  #watch: Socket | undefined;
  /** Of what it runs, on the clock of the machine. */
  #deadlineMs = Number.POSITIVE_INFINITY;
  #stopped: string | undefined;
  #stderr = "";
  isReady = false;
  isDraining = false;

  constructor(options: ModelProcessOptions) {
    this.#options = options;
    const { folder, socket, compileCache, memoryBytes } = options;
    const script = entryFile("packages/server/src/gateway/model-process");
    const [command = process.execPath, ...args] = fenced([process.execPath, script, folder, socket], memoryBytes);
    // an environment of its own: models are foreign code and have no business with the gateway's token
    this.#child = spawn(command, args, {
      env: { LANG: "C.UTF-8", NODE_COMPILE_CACHE: compileCache },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2000);
    });
    this.#child.on("error", (error) => this.#exited(`could not be started (${error.message})`));
    this.#child.on("close", (code, signal) =>
      this.#exited(signal ? `was ended by ${signal}` : `ended with code ${code}`),
    );
    this.#timers = [setInterval(() => this.#checkTime(), 25), setInterval(() => void this.#checkMemory(), 500)];
    void this.#connect();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** It ends when no worker is connected any more. */
  drain() {
    this.isDraining = true;
    this.#child.kill("SIGTERM");
  }

  kill(why: string) {
    this.#stopped ??= why;
    this.#child.kill("SIGKILL");
  }

  async #connect(): Promise<void> {
    while (this.#child.exitCode === null && this.#child.signalCode === null && !this.#watch) {
      await new Promise<void>((resolve) => {
        const socket = createConnection(this.#options.socket);
        socket.on("connect", () => {
          this.#watch = socket;
          for (const part of encodeFrame({ type: "watch" })) socket.write(part);
          resolve();
        });
        const reader = new FrameReader<FromProcess>();
        socket.on("data", (chunk) => {
          try {
            for (const { message } of reader.read(chunk)) this.#receive(message);
          } catch {
            this.kill("it spoke another protocol");
          }
        });
        socket.on("error", () => resolve());
      });
      await sleep(20);
    }
  }

  #receive(message: FromProcess) {
    if (message.type === "running") this.#deadlineMs = message.deadlineMs;
    else if (message.type === "idle") this.#deadlineMs = Number.POSITIVE_INFINITY;
    else if (message.type === "hello" && !this.isReady) {
      this.isReady = true;
      const { inputs, outputs } = message;
      this.#options.onReady({ socket: this.#options.socket, inputs, outputs });
    }
  }

  #checkTime() {
    if (monotonicMs() > this.#deadlineMs + graceMs) this.kill("it ran longer than the time limit of a request");
    const { startMs } = this.#options;
    if (!this.isReady && performance.now() - this.startedAt > startMs)
      this.kill(`it did not load within ${Math.round(startMs / 1000)} s`);
  }

  async #checkMemory(): Promise<void> {
    const { memoryBytes } = this.#options;
    if ((await rssOf(this.pid)) > memoryBytes)
      this.kill(`it needed more than ${Math.round(memoryBytes / 2 ** 20)} MB of memory`);
  }

  #exited(how: string) {
    for (const timer of this.#timers) clearInterval(timer);
    this.#watch?.destroy();
    const lastLine = this.#stderr.trim().split("\n").at(-1)?.slice(0, 200);
    this.#options.onExit(
      this.#stopped ? `was stopped because ${this.#stopped}` : `${how}${lastLine ? ` (${lastLine})` : ""}`,
    );
  }
}

/**
 * Where util-linux is there: no core dump, memory limited even between two looks at it, and no process that is stuck in
 * its model and outlives a killed supervisor.
 */
function fenced(command: readonly string[], memoryBytes: number): readonly string[] {
  const [prlimit, setpriv] = ["/usr/bin/prlimit", "/usr/bin/setpriv"];
  return [
    ...(existsSync(prlimit) ? [prlimit, "--core=0", `--data=${memoryBytes + 2 * 2 ** 30}`, "--"] : []),
    ...(existsSync(setpriv) ? [setpriv, "--pdeathsig", "KILL", "--"] : []),
    ...command,
  ];
}
