import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { BackupSummary } from "@pave/contract";
import { CliError, type CommandContext, exitCodes, type Options, text } from "../command.ts";
import { environment } from "../environment.ts";
import { serverMain } from "./server-process.ts";

/** What the server's program answers to a job on backups. */
export interface JobResult {
  readonly id: string;
  readonly folder?: string;
  readonly summary?: BackupSummary;
  readonly findings?: readonly string[];
}

interface Line {
  readonly progress?: { text: string; done: number; total: number };
  readonly result?: JobResult;
  readonly error?: { message: string; fix?: string };
}

/** Does a job on this machine, with its data folder and its files, in a process of the server's program. */
export async function runBackupJob(
  context: CommandContext,
  job: Readonly<Record<string, unknown>>,
  options: { readonly title: string; readonly dataFolder?: string | undefined },
): Promise<JobResult> {
  const shown = context.output.progress(options.title);
  const child = spawn(process.execPath, [serverMain, "backup-job", "--json", "--with-parent", String(process.pid)], {
    env: { ...environment(), ...(options.dataFolder ? { PAVE_HOME: options.dataFolder } : {}) },
    stdio: ["pipe", "pipe", "pipe"],
  });
  context.signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  child.stdin.on("error", () => undefined);
  child.stdin.end(`${JSON.stringify(job)}\n`);
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + String(chunk)).slice(-2000);
  });
  const ended = once(child, "close");
  let last: Line = {};
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) continue;
    const parsed = JSON.parse(line) as Line;
    if (parsed.progress)
      shown.update(`${options.title}: ${parsed.progress.text} ${parsed.progress.done} of ${parsed.progress.total}`);
    else last = parsed;
  }
  await ended;
  if (last.result) {
    shown.stop();
    return last.result;
  }
  shown.stop();
  if (context.signal.aborted) throw new CliError("Stopped before its end", { exitCode: exitCodes.interrupted });
  throw new CliError(
    last.error?.message ?? `the program ended without a word: ${said.trim().split("\n").at(-1) ?? ""}`,
    {
      exitCode: exitCodes.failed,
      ...(last.error?.fix ? { fix: last.error.fix } : {}),
    },
  );
}

/** Files with keys, by absolute path. */
export const keyOptions = [
  { flags: "--passphrase-file <file>", help: "file with the passphrase it is encrypted with" },
  { flags: "--identity-file <file>", help: "file with the private key (age) it is encrypted for" },
];

export function keysOf(options: Options, absolute: (path: string) => string): Record<string, string> {
  const [passphrase, identity] = [text(options.passphraseFile), text(options.identityFile)];
  return {
    ...(passphrase ? { passphraseFile: absolute(passphrase) } : {}),
    ...(identity ? { identityFile: absolute(identity) } : {}),
  };
}
