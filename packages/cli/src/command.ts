import type { Client, Problem } from "@pave/contract";
import type { Connection } from "./connection.ts";
import type { Output } from "./output.ts";

/** What a command is handed. The API client is made on first use, so that `up` and `config` need no server. */
export interface CommandContext {
  readonly output: Output;
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** Folder the command was called in. */
  readonly folder: string;
  /** Throws a CliError with the way out when no platform can be reached or nobody is signed in. */
  client(): Promise<Client>;
  connection(): Promise<Connection>;
}

interface Argument {
  /** `<name>` is required, `[name]` optional, `[names...]` any number. */
  readonly name: string;
  readonly help: string;
}

export interface Option {
  /** As commander reads it: `--to <environment>`, `-m, --message <text>`, `--wait`. */
  readonly flags: string;
  readonly help: string;
  readonly repeatable?: boolean;
  readonly fallback?: string | boolean;
}

export type Options = Readonly<Record<string, string | boolean | string[] | undefined>>;

/** What a command gives back: data for `--json`, text for people. */
export interface Result {
  readonly data: unknown;
  readonly text: string;
  /** 0 unless the thing itself failed: a run, a gate, a check. */
  readonly exitCode?: number;
}

/** One command: its declaration and a handler. All logic lives behind the API; handlers ask, wait and word. */
export interface Command {
  /** `run`, or noun and verb: `runs list`. */
  readonly name: string;
  readonly summary: string;
  readonly arguments?: readonly Argument[];
  readonly options?: readonly Option[];
  readonly examples: readonly string[];
  run(context: CommandContext, args: readonly (string | undefined)[], options: Options): Promise<Result>;
}

/** Shared by every command that works on a project. */
export const projectOption: Option = {
  flags: "-p, --project <name>",
  help: "project (default: the one whose pave.yaml is here or above)",
};

/** An error with its exit code, for mistakes that the terminal client finds itself. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly fix: string | undefined;
  readonly problems: readonly Problem[];
  readonly exitCode: number;
  constructor(message: string, options: { fix?: string; exitCode?: number; problems?: readonly Problem[] } = {}) {
    super(message);
    this.fix = options.fix;
    this.problems = options.problems ?? [];
    this.exitCode = options.exitCode ?? exitCodes.usage;
  }
}

/** Documented in `pave --help`. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, denied: 3, unreachable: 4, interrupted: 130 } as const;

export const text = (value: string | boolean | string[] | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;
export const list = (value: string | boolean | string[] | undefined): string[] =>
  Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
