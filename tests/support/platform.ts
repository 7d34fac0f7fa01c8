import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@pave/contract";
import { reachableRoot, removeReachableRoot } from "../../packages/server/src/drivers/process/reachable.ts";
import { gatewayStatus } from "../../packages/server/src/gateway/index.ts";
import { eventually } from "./eventually.ts";
import { shareEnvironments } from "./shared-environments.ts";

const root = join(import.meta.dirname, "..", "..");
const cli = join(root, "packages", "cli", "src", "main.ts");

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The result of `--json`; undefined when there was none. */
  readonly data: unknown;
}

export interface RunCommand {
  readonly folder?: string;
  /** Act as somebody else. */
  readonly token?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface Terminal {
  /** Waits for a text on standard output, and gives what matched. */
  said(pattern: RegExp, timeoutMs: number): Promise<string>;
  /** Ctrl-C: the signal reaches every process that the command started, and it is waited for. */
  interrupt(): Promise<CommandResult>;
}

/** A whole platform of its own: real PostgreSQL, gateway, runner, on free ports and in a folder of its own. */
export interface TestPlatform {
  readonly home: string;
  readonly folder: string;
  readonly url: string;
  readonly gatewayUrl: string;
  readonly signInUrl: string;
  readonly token: string;
  readonly client: Client;
  /** Process ids by role, read anew at each call. */
  pids(): Promise<{ server: number; gateway: number; runner: number; postgres: number }>;
  /** Runs `pave …`; with `--json` unless `text` says otherwise. */
  pave(args: readonly string[], options?: RunCommand & { readonly text?: boolean }): Promise<CommandResult>;
  /** Starts `pave …` as at a terminal of its own, for commands that go on until Ctrl-C. */
  terminal(args: readonly string[], options?: RunCommand): Terminal;
  /** Runs `pave … --json` and throws unless it ends well. */
  json<T>(args: readonly string[], options?: RunCommand): Promise<T>;
  /** Gives the seconds from the start of the server's process to a healthy API. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** Stops and removes everything. */
  remove(): Promise<void>;
}

/** Starts one. Environments built by earlier test platforms are found again, so that a test does not install Python packages. */
export async function startPlatform(
  options: { readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<TestPlatform> {
  const base = await mkdtemp(join(tmpdir(), "pave-e2e-"));
  const home = join(base, "home");
  const environment = { PAVE_HOME: home, PAVE_PORT: "0", PAVE_GATEWAY_PORT: "0", ...options.environment };
  const state = { url: "", gatewayUrl: "", signInUrl: "", token: "" };

  const call = (
    args: readonly string[],
    { folder = base, token, environment: extra = {} }: RunCommand,
    isTerminal = false,
  ) =>
    startCommand(args, {
      cwd: folder,
      // a process group of its own, as of a shell
      detached: isTerminal,
      env: {
        ...process.env,
        ...environment,
        ...extra,
        ...(token ? { PAVE_TOKEN: token, PAVE_URL: state.url } : {}),
        NO_COLOR: "1",
      },
    });

  const pave: TestPlatform["pave"] = async (args, { timeoutMs = 280_000, text = false, ...options } = {}) => {
    const { child, ended } = call([...args, ...(text ? [] : ["--json"])], options);
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    const result = await ended;
    clearTimeout(timer);
    return result;
  };

  const json: TestPlatform["json"] = async <T>(args: readonly string[], options?: RunCommand) => {
    const result = await pave(args, options);
    if (result.code !== 0 || result.data === undefined)
      throw new Error(`pave ${args.join(" ")} ended with ${result.code}\n${result.stdout}\n${result.stderr}`);
    return result.data as T;
  };

  const start = async () => {
    const ready = await json<{ url: string; gatewayUrl: string; signInUrl?: string; seconds?: number }>([
      "up",
      "--detach",
    ]);
    const { token } = JSON.parse(await readFile(join(home, "cli.json"), "utf8")) as { token: string };
    Object.assign(state, {
      url: ready.url,
      gatewayUrl: ready.gatewayUrl,
      signInUrl: ready.signInUrl ?? state.signInUrl,
      token,
    });
    return ready.seconds ?? 0;
  };
  const terminals: Terminal[] = [];
  const remove = async () => {
    await Promise.all(terminals.map((terminal) => terminal.interrupt()));
    await pave(["down"]);
    await removeReachableRoot(home).catch(() => undefined);
    await rm(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  await shareEnvironments(home);
  await start().catch(async (error: unknown) => {
    await remove();
    throw error;
  });

  return {
    home,
    folder: base,
    get url() {
      return state.url;
    },
    get gatewayUrl() {
      return state.gatewayUrl;
    },
    get signInUrl() {
      return state.signInUrl;
    },
    get token() {
      return state.token;
    },
    get client() {
      return createClient({ baseUrl: state.url, token: state.token });
    },
    pids: () => findPids(home),
    pave,
    terminal(args, options = {}) {
      const terminal = openTerminal(call(args, options, true));
      terminals.push(terminal);
      return terminal;
    },
    json,
    start,
    stop: async () => void (await pave(["down"])),
    remove,
  };
}

interface Started {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<CommandResult>;
}

function startCommand(
  args: readonly string[],
  options: { cwd: string; detached: boolean; env: NodeJS.ProcessEnv },
): Started {
  const child = spawn(process.execPath, [cli, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    output.stdout += String(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output.stderr += String(chunk);
  });
  const ended = new Promise<CommandResult>((resolve) =>
    child.once("close", (code) => resolve({ code, ...output, data: parse(output.stdout) })),
  );
  return { child, output, ended };
}

const openTerminal = ({ child, output, ended }: Started): Terminal => ({
  async said(pattern, timeoutMs) {
    const look = async () => {
      const { exitCode } = child;
      return { found: pattern.exec(output.stdout)?.[0], exitCode, ...output };
    };
    const { found, ...end } = await eventually(
      `${pattern}`,
      look,
      (now) => now.found !== undefined || now.exitCode !== null,
      timeoutMs,
    );
    if (found === undefined) throw new Error(`it ended with ${end.exitCode}\n${end.stdout}\n${end.stderr}`);
    return found;
  },
  interrupt() {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGINT");
    return ended;
  },
});

async function findPids(home: string): Promise<{ server: number; gateway: number; runner: number; postgres: number }> {
  const server = (JSON.parse(await readFile(join(home, "server.json"), "utf8")) as { pid: number }).pid;
  const gateway = (await gatewayStatus(home))?.pid ?? 0;
  const data = join(await reachableRoot(home), "postgres", "data");
  const postgres = Number((await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "0")).split("\n")[0]);
  const children = await readFile(`/proc/${server}/task/${server}/children`, "utf8").catch(() => "");
  let runner = 0;
  for (const pid of children.trim().split(" ").map(Number)) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes("--role\0runner")) runner = pid;
  }
  return { server, gateway, runner, postgres };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
