import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

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
  /** What comes on standard input. */
  readonly input?: string;
}

export interface Commands {
  /** Starts `pave …`; in a process group of its own, as of a shell, where it is at a terminal. */
  call(args: readonly string[], options: RunCommand, isTerminal?: boolean): Started;
  /** Runs `pave …`; with `--json` unless `text` says otherwise. */
  pave(args: readonly string[], options?: RunCommand & { readonly text?: boolean }): Promise<CommandResult>;
  /** Runs `pave … --json` and throws unless it ends well. */
  json<T>(args: readonly string[], options?: RunCommand): Promise<T>;
}

/** The terminal client in a folder and with an environment, as somebody on that machine runs it. */
export function createCommands(options: {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where who acts as somebody else finds the platform. */
  url(): string;
  /** The client's, such as {@link builtPave} gives. */
  readonly entry: string;
}): Commands {
  const call: Commands["call"] = (
    args,
    { folder = options.folder, token, environment: extra = {}, input },
    isTerminal = false,
  ) =>
    startCommand([options.entry, ...args], {
      cwd: folder,
      detached: isTerminal,
      input,
      env: {
        ...process.env,
        ...options.environment,
        ...extra,
        ...(token ? { PAVE_TOKEN: token, PAVE_URL: options.url() } : {}),
        NO_COLOR: "1",
      },
    });

  const pave: Commands["pave"] = async (args, { timeoutMs = 280_000, text = false, ...options } = {}) => {
    const { child, ended } = call([...args, ...(text ? [] : ["--json"])], options);
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    const result = await ended;
    clearTimeout(timer);
    return result;
  };

  const json: Commands["json"] = async <T>(args: readonly string[], options?: RunCommand) => {
    const result = await pave(args, options);
    if (result.code !== 0 || result.data === undefined)
      throw new Error(`pave ${args.join(" ")} ended with ${result.code}\n${result.stdout}\n${result.stderr}`);
    return result.data as T;
  };
  return { call, pave, json };
}

export interface Started {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<CommandResult>;
}

function startCommand(
  args: readonly string[],
  { input, ...options }: { cwd: string; detached: boolean; env: NodeJS.ProcessEnv; input: string | undefined },
): Started {
  const child = spawn(process.execPath, [...args], {
    ...options,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  }) as ChildProcessByStdio<Writable | null, Readable, Readable>;
  child.stdin?.end(input);
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
