/**
 * Scores a model folder in a process of its own, because loading and running a model is running someone else's code:
 * it may crash, hang or eat the memory, and none of that may reach the process that asks. Whatever happens, the answer
 * is a ModelCheck with at most one sentence about what is wrong.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { failedModelCheck, type ModelCheck, modelCheckSchema } from "@pave/contract/gateway";
import { entryFile } from "@pave/contract/installation";
import { rssOf } from "../process-memory.ts";

export interface CheckModelOptions {
  readonly timeoutMs?: number;
  readonly maxRssBytes?: number;
  /** Folder for node's compiled code, to start faster the next time. */
  readonly compileCache?: string;
  readonly signal?: AbortSignal;
}

export async function checkModel(folder: string, options: CheckModelOptions = {}): Promise<ModelCheck> {
  const { timeoutMs = 60_000, maxRssBytes = 2 * 2 ** 30, compileCache, signal } = options;
  const [command, ...args] = limited(
    [process.execPath, entryFile("packages/server/src/gateway/check-model/child"), folder],
    timeoutMs,
    maxRssBytes,
  );
  const child = spawn(command ?? process.execPath, args, {
    env: { LANG: "C.UTF-8", ...(compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache }) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stopped: string | undefined;
  let peakRss = 0;
  const stop = (why: string) => {
    stopped ??= why;
    child.kill("SIGKILL");
  };
  const timer = setTimeout(
    () =>
      stop(`scoring did not end within ${timeoutMs / 1000} s; the model may loop without end or be too slow to serve`),
    timeoutMs,
  );
  const watching = setInterval(async () => {
    const rss = await rssOf(child.pid);
    peakRss = Math.max(peakRss, rss);
    if (rss > maxRssBytes) stop(`the model needs more than ${megabytes(maxRssBytes)} MB of memory`);
  }, 50);
  const abort = () => stop("the check was cancelled");
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const output = await outputOf(child);
    const check = output.stdout === "" ? undefined : parseCheck(output.stdout);
    if (stopped === undefined && check) return { ...check, rssBytes: Math.max(check.rssBytes ?? 0, peakRss) };
    return failedModelCheck(stopped ?? crashed(output), peakRss);
  } finally {
    clearTimeout(timer);
    clearInterval(watching);
    signal?.removeEventListener("abort", abort);
  }
}

/** A second fence where util-linux is there: CPU seconds, no core dump, and memory even between two looks at it. */
function limited(command: readonly string[], timeoutMs: number, maxRssBytes: number): readonly string[] {
  const prlimit = "/usr/bin/prlimit";
  if (!existsSync(prlimit)) return command;
  const cpuSeconds = Math.ceil(timeoutMs / 1000) + 5;
  return [prlimit, `--cpu=${cpuSeconds}`, "--core=0", `--data=${maxRssBytes + 2 * 2 ** 30}`, "--", ...command];
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function outputOf(child: ReturnType<typeof spawn>): Promise<Output> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      if (stdout.length < 1_000_000) stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-2000);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ stdout, stderr, code, signal }));
  });
}

function parseCheck(stdout: string): ModelCheck | undefined {
  try {
    return modelCheckSchema.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
  } catch {
    return undefined;
  }
}

function crashed({ stderr, code, signal }: Output): string {
  const lastLine = stderr.trim().split("\n").at(-1)?.slice(0, 200);
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
  return `the process that scored the model ${how}${lastLine ? ` (${lastLine})` : ""}`;
}

const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
