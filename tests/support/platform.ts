import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@pave/contract";
import { reachableRoot, removeReachableRoot } from "../../packages/server/src/drivers/process/reachable.ts";
import { gatewayStatus } from "../../packages/server/src/gateway/index.ts";
import { builtPave } from "./built-pave.ts";
import { type CommandResult, type Commands, createCommands, type RunCommand, type Started } from "./commands.ts";
import { eventually } from "./eventually.ts";
import { prepareDatabase } from "./prepared-database.ts";
import { shareEnvironments } from "./shared-environments.ts";

export interface Terminal {
  /** Waits for a text on standard output, and gives what matched. */
  said(pattern: RegExp, timeoutMs: number): Promise<string>;
  /** Ctrl-C: the signal reaches every process that the command started, and it is waited for. */
  interrupt(): Promise<CommandResult>;
}

/** What who uses a platform needs of it, however it runs. */
export interface UsedPlatform extends Pick<Commands, "pave" | "json"> {
  /** Where commands run unless told otherwise. */
  readonly folder: string;
  readonly client: Client;
}

/** A whole platform of its own: real PostgreSQL, gateway, runner, on free ports and in a folder of its own. */
export interface TestPlatform extends UsedPlatform {
  readonly home: string;
  readonly url: string;
  readonly gatewayUrl: string;
  readonly signInUrl: string;
  readonly token: string;
  /** Process ids by role, read anew at each call. */
  pids(): Promise<{ server: number; gateway: number; runner: number; postgres: number }>;
  /** Starts `pave …` as at a terminal of its own, for commands that go on until Ctrl-C. */
  terminal(args: readonly string[], options?: RunCommand): Terminal;
  /** Gives the seconds from the start of the server's process to a healthy API. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** Stops and removes everything. */
  remove(): Promise<void>;
}

/** Starts one. Environments built by earlier test platforms are found again, so that a test does not install Python packages. */
export async function startPlatform(
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    /** Fills the data folder before the first start. */
    readonly prepare?: (home: string) => Promise<unknown>;
    /** Of a `pave` other than this checkout's, built. */
    readonly entry?: string;
    /** A data folder that is there already. */
    readonly home?: string;
    /** Makes its database by itself, as on a new machine. */
    readonly ownDatabase?: boolean;
  } = {},
): Promise<TestPlatform> {
  const base = await mkdtemp(join(tmpdir(), "pave-e2e-"));
  const home = options.home ?? join(base, "home");
  const environment = { PAVE_HOME: home, PAVE_PORT: "0", PAVE_GATEWAY_PORT: "0", ...options.environment };
  const state = { url: "", gatewayUrl: "", signInUrl: "", token: "" };

  const { call, pave, json } = createCommands({
    folder: base,
    environment,
    url: () => state.url,
    entry: options.entry ?? (await builtPave()),
  });
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
  try {
    await options.prepare?.(home);
    if (!options.ownDatabase) await prepareDatabase(home);
    await start();
  } catch (error) {
    await remove();
    throw error;
  }

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
    const isRunning = child.exitCode === null && child.signalCode === null;
    if (child.pid !== undefined && isRunning) process.kill(-child.pid, "SIGINT");
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
