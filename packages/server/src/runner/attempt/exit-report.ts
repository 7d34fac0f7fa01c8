import type { AttemptIsolation, AttemptReason } from "@pave/contract";
import { describeBytes } from "../../kernel/time.ts";

/** exit.json of a supervisor. Times are milliseconds since 1970. */
export interface ExitReport {
  readonly reason: "timeout" | "cancelled" | "oom" | "disk-limit" | "disk-full" | "start" | null;
  readonly message: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
  /** What it took of the disk when that was looked at last. */
  readonly diskBytes: number;
  /** It died of SIGKILL while the kernel killed something for want of memory. */
  readonly oomKilled: boolean;
  /** What its control groups counted; null without any. */
  readonly groups: {
    readonly oomKills: number | null;
    readonly peakBytes: number | null;
    readonly refusedForks: number | null;
  } | null;
  readonly stdoutTail: string;
  readonly stderrTail: string;
  readonly outputs: { readonly files: readonly SealedFile[]; readonly problems: readonly string[] } | null;
}

/** A plain file below the output folder that nobody can change any more. */
export interface SealedFile {
  readonly path: string;
  readonly size: number;
  readonly executable: boolean;
}

export interface ExitContext {
  /** What it is called in messages: `step train`. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly memoryBytes: number | null;
  readonly diskBytes: number;
  /** Under bubblewrap a death by signal comes as exit code 128 + signal. */
  readonly isWrapped: boolean;
  /** Which bounds held. */
  readonly isolation: AttemptIsolation | null;
  readonly isCancelled: boolean;
}

export interface ExitVerdict {
  readonly outcome: "succeeded" | "failed" | "cancelled";
  readonly reason: AttemptReason | null;
  readonly message: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** What an end means, in the words that the user will read. */
export function judgeExit(report: ExitReport, context: ExitContext): ExitVerdict {
  const { exitCode, signal } = unwrap(report, context.isWrapped);
  const failed = (reason: AttemptReason, message: string): ExitVerdict => ({
    outcome: "failed",
    reason,
    message: `${context.what} ${message}`,
    exitCode,
    signal,
  });
  switch (report.reason) {
    case "cancelled":
      if (!context.isCancelled) return failed("infra", "was stopped together with the platform");
      return { outcome: "cancelled", reason: "cancelled", message: `${context.what} was cancelled`, exitCode, signal };
    case "timeout":
      return failed(
        "timeout",
        `ran longer than its timeout of ${describeDuration(context.timeoutMs)}; raise \`timeout\`, or let it do less`,
      );
    case "oom":
      return failed("oom", outOfMemory(report, context));
    case "disk-limit":
      return failed(
        "disk",
        `took more disk than its limit of ${describeBytes(context.diskBytes)} (${describeBytes(report.diskBytes)} when it was stopped); write less, or have the runner started with a larger PAVE_STEP_DISK`,
      );
    case "disk-full":
      return failed(
        "disk",
        `filled the runner's disk (${describeBytes(report.diskBytes)} were its own) and was stopped before nothing was left; write less, or make room`,
      );
    case "start":
      return failed("environment", report.message ?? "could not be started");
    case null:
      break;
  }
  if (report.oomKilled) return failed("oom", "was killed because the machine had no memory left");
  if (signal === "SIGXFSZ") return failed("killed", "wrote a file that is larger than a step may write");
  const crowd = crowdOf(report, context);
  if (signal !== null)
    return failed("killed", withLastWords(`was killed by ${signal}${hintOf(signal)}${crowd}`, report));
  if (exitCode !== 0) return failed("exit", withLastWords(`exited with code ${exitCode}${crowd}`, report));
  return { outcome: "succeeded", reason: null, message: null, exitCode, signal };
}

const signalNumbers: Record<number, string> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
  25: "SIGXFSZ",
};

function unwrap(report: ExitReport, isWrapped: boolean): { exitCode: number | null; signal: string | null } {
  const { exitCode, signal } = report;
  const inner = isWrapped && exitCode !== null && exitCode > 128 ? signalNumbers[exitCode - 128] : undefined;
  return inner ? { exitCode: null, signal: inner } : { exitCode, signal };
}

const hintOf = (signal: string): string => (signal === "SIGKILL" ? " (out of memory?)" : "");

function outOfMemory(report: ExitReport, context: ExitContext): string {
  const used = describeBytes(report.groups?.peakBytes ?? report.peakMemoryBytes);
  const limit = context.memoryBytes ?? context.isolation?.memory.limit ?? null;
  const all = context.memoryBytes === null ? ", which all steps of this machine share" : "";
  return `ran out of memory: used ${used}${limit === null ? "" : ` of ${describeBytes(limit)}${all}`}; raise \`limits.memory\` of its component, or let it hold less at once`;
}

/** New processes were refused to it, which programs tell in many ways. */
function crowdOf({ groups }: ExitReport, { isolation }: ExitContext): string {
  if (!groups?.refusedForks) return "";
  return ` (it came to its limit of ${isolation?.processes.limit ?? "its group's"} processes and threads; start fewer at once)`;
}

function withLastWords(message: string, report: ExitReport): string {
  const words = lastWords(report.stderrTail) || lastWords(report.stdoutTail);
  if (words === "") return `${message} and wrote no message`;
  return words.includes("\n") ? `${message}:\n${words}` : `${message}: ${words}`;
}

const maxLines = 20;
const maxCharacters = 2_000;

/** The end of what a program said: from its last `error:` line or last traceback on, else its last lines. */
export function lastWords(tail: string): string {
  const lines = tail
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const begins = (pattern: RegExp) => lines.findLastIndex((line) => pattern.test(line));
  const errorLine = begins(/^error: /i);
  const start = errorLine >= 0 ? errorLine : Math.max(0, begins(/^Traceback \(most recent call last\)/));
  const last = lines.slice(start).slice(-maxLines).join("\n");
  return last.length <= maxCharacters ? last : `…${last.slice(-maxCharacters)}`;
}

export function describeDuration(milliseconds: number): string {
  if (milliseconds < 120_000) return `${Number((milliseconds / 1000).toFixed(1))} s`;
  if (milliseconds < 7_200_000) return `${Number((milliseconds / 60_000).toFixed(1))} min`;
  return `${Number((milliseconds / 3_600_000).toFixed(1))} h`;
}
