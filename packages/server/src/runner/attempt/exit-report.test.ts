import { describe, expect, it } from "vitest";
import { describeDuration, type ExitReport, judgeExit, lastWords } from "./exit-report.ts";

const report = (given: Partial<ExitReport>): ExitReport => ({
  reason: null,
  message: null,
  exitCode: null,
  signal: null,
  startedAt: 0,
  finishedAt: 1,
  wallSeconds: 0.001,
  cpuSeconds: 0.001,
  peakMemoryBytes: 600 * 2 ** 20,
  diskBytes: 3 * 2 ** 30,
  oomKilled: false,
  groups: null,
  stdoutTail: "",
  stderrTail: "",
  outputs: null,
  ...given,
});
const context = {
  what: "step train",
  timeoutMs: 10_000,
  memoryBytes: 512 * 2 ** 20,
  diskBytes: 2 * 2 ** 30,
  isWrapped: false,
  isolation: null,
  isCancelled: false,
};

describe("judgeExit", () => {
  it.each([
    [report({ exitCode: 0 }), "succeeded", null, null],
    [
      report({ exitCode: 1, stderrTail: "error: no target\n" }),
      "failed",
      "exit",
      "step train exited with code 1: error: no target",
    ],
    [report({ exitCode: 2 }), "failed", "exit", "step train exited with code 2 and wrote no message"],
    [report({ exitCode: 2, stdoutTail: "only here\n" }), "failed", "exit", "step train exited with code 2: only here"],
    [
      report({ signal: "SIGKILL" }),
      "failed",
      "killed",
      "step train was killed by SIGKILL (out of memory?) and wrote no message",
    ],
    [
      report({ signal: "SIGKILL", oomKilled: true }),
      "failed",
      "oom",
      "step train was killed because the machine had no memory left",
    ],
    [report({ signal: "SIGSEGV", stderrTail: "boom" }), "failed", "killed", "step train was killed by SIGSEGV: boom"],
    [
      report({ reason: "timeout", signal: "SIGTERM" }),
      "failed",
      "timeout",
      "step train ran longer than its timeout of 10 s; raise `timeout`, or let it do less",
    ],
    [
      report({ reason: "disk-limit", signal: "SIGKILL" }),
      "failed",
      "disk",
      "step train took more disk than its limit of 2 GiB (3 GiB when it was stopped); write less, or have the runner started with a larger PAVE_STEP_DISK",
    ],
    [
      report({ reason: "disk-full", signal: "SIGKILL" }),
      "failed",
      "disk",
      "step train filled the runner's disk (3 GiB were its own) and was stopped before nothing was left; write less, or make room",
    ],
    [
      report({ reason: "oom", signal: "SIGKILL" }),
      "failed",
      "oom",
      "step train ran out of memory: used 600 MiB of 512 MiB; raise `limits.memory` of its component, or let it hold less at once",
    ],
    [
      report({ reason: "start", message: "could not start `x`: No such file or directory" }),
      "failed",
      "environment",
      "step train could not start `x`: No such file or directory",
    ],
    [
      report({ reason: "cancelled", signal: "SIGTERM" }),
      "failed",
      "infra",
      "step train was stopped together with the platform",
    ],
  ])("%#", (exit, outcome, reason, message) => {
    expect(judgeExit(exit, context)).toMatchObject({ outcome, reason, message });
  });

  it("calls a stop that was asked for cancelled", () => {
    const verdict = judgeExit(report({ reason: "cancelled", signal: "SIGTERM" }), { ...context, isCancelled: true });
    expect(verdict).toMatchObject({ outcome: "cancelled", reason: "cancelled" });
  });

  it("finds the signal behind bubblewrap's exit code", () => {
    expect(judgeExit(report({ exitCode: 137 }), { ...context, isWrapped: true })).toMatchObject({
      reason: "killed",
      signal: "SIGKILL",
      exitCode: null,
    });
    expect(judgeExit(report({ exitCode: 137 }), context)).toMatchObject({ reason: "exit", exitCode: 137 });
  });
});

describe("lastWords", () => {
  it("begins at the last error line, else at the last traceback, else takes the last lines", () => {
    expect(lastWords("a\nerror: one\nerror: two\n  more\n")).toBe("error: two\n  more");
    expect(lastWords("a\nTraceback (most recent call last):\n  File x\nValueError: y\n")).toBe(
      "Traceback (most recent call last):\n  File x\nValueError: y",
    );
    expect(lastWords("a\n\n\r\nb  \n")).toBe("a\nb");
    expect(lastWords(Array.from({ length: 50 }, (_, line) => String(line)).join("\n")).split("\n")).toHaveLength(20);
    expect(lastWords("x".repeat(5000))).toHaveLength(2001);
    expect(lastWords("")).toBe("");
  });
});

it("says durations shortly", () => {
  expect([500, 10_000, 90_000, 120_000, 5_400_000, 7_200_000].map(describeDuration)).toEqual([
    "0.5 s",
    "10 s",
    "90 s",
    "2 min",
    "90 min",
    "2 h",
  ]);
});
