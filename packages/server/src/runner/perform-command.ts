import { join } from "node:path";
import type { CommandWork } from "@pave/contract";
import type { Attempt } from "./attempt/attempt.ts";
import { AttemptError } from "./attempt/attempt-error.ts";
import { type ExitReport, judgeExit } from "./attempt/exit-report.ts";
import { endLeftovers } from "./attempt/janitor.ts";
import { isStarted, type SupervisedCommand, startSupervised, waitForExit } from "./attempt/supervise.ts";
import { collectOutputs } from "./collect-outputs.ts";
import { openDoor } from "./door/open-door.ts";
import type { Host } from "./host.ts";
import { keepReports } from "./keep-reports.ts";
import type { Answer } from "./perform-work.ts";
import { hasDoor, prepareCommand } from "./prepare-command.ts";
import { uploadOutputs } from "./upload-outputs.ts";
import { usageOf } from "./usage-of.ts";

/** A step: prepare, run, collect, upload; of one that failed only what it left to read. */
export async function performCommand(host: Host, attempt: Attempt, work: CommandWork): Promise<Answer> {
  const exit = await withDoor(host, attempt, work, () =>
    runSupervised(host, attempt, () => prepareCommand(host, attempt, work)),
  );
  const { timeoutMs, memoryBytes } = work.limits;
  const verdict = judgeExit(exit, {
    what: `step ${work.step}`,
    timeoutMs,
    memoryBytes,
    diskBytes: host.stepDiskBytes,
    isWrapped: host.isolation.isWrapped,
    isolation: attempt.isolation,
    isCancelled: attempt.cancelled.aborted,
  });
  const times = {
    startedAt: new Date(exit.startedAt).toISOString(),
    finishedAt: new Date(exit.finishedAt).toISOString(),
  };
  const answer = { ...verdict, ...times, usage: usageOf(exit) };
  if (verdict.outcome === "cancelled" || !exit.outputs) return answer;
  if (verdict.outcome === "failed") return { ...answer, outputs: await keepReports(host, attempt, work, exit.outputs) };
  try {
    const folder = join(attempt.folder.step, "output");
    const { outputs, metrics, ignored } = await collectOutputs(work.step, work.outputs, folder, exit.outputs);
    if (ignored.length > 0)
      await attempt.log.say(
        `not kept, as it belongs to no output of the component: ${ignored.slice(0, 20).join(", ")}`,
      );
    attempt.setProgress("uploading");
    return { ...answer, metrics, outputs: await uploadOutputs(host, attempt, outputs) };
  } catch (error) {
    if (!(error instanceof AttemptError)) throw error;
    return { ...answer, outcome: "failed", reason: error.reason, message: error.message };
  }
}

/** Also for one that an earlier runner started: its connections wait for this. */
async function withDoor<T>(host: Host, attempt: Attempt, work: CommandWork, act: () => Promise<T>): Promise<T> {
  if (!hasDoor(host, work)) return act();
  const door = await openDoor(host, attempt);
  try {
    return await act();
  } finally {
    await door.close();
  }
}

/** Runs a command of this attempt, unless one was started already: then waits for that one. */
export async function runSupervised(
  host: Host,
  attempt: Attempt,
  prepare: () => Promise<SupervisedCommand>,
): Promise<ExitReport> {
  const folder = attempt.folder.supervisor;
  if (!(await isStarted(folder))) {
    const command = await prepare();
    if (attempt.cancelled.aborted) throw new AttemptError("cancelled", "cancelled before it started");
    attempt.throwIfLeft();
    await attempt.update({ startedAt: new Date().toISOString() });
    await startSupervised(host, folder, command);
  }
  attempt.setProgress("running");
  const exit = await waitForExit(host, folder, attempt);
  attempt.log.forgetEnd();
  if (exit) return exit;
  await endLeftovers(host, attempt);
  if (attempt.cancelled.aborted) throw new AttemptError("cancelled", "cancelled");
  throw new AttemptError(
    "infra",
    "its supervisor ended without a result; the machine was restarted, or something killed it",
  );
}
