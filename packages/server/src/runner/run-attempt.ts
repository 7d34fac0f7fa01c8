import { rm } from "node:fs/promises";
import type { FinishBody } from "@pave/contract";
import { messageOf } from "../kernel/pave-error.ts";
import type { Attempt } from "./attempt/attempt.ts";
import { AttemptLeft } from "./attempt/attempt-error.ts";
import { readFinish, supervisedFolders, writeJson } from "./attempt/attempt-folder.ts";
import { keepAttempt, removeAttempt } from "./attempt/janitor.ts";
import { shipLog } from "./attempt/ship-log.ts";
import { stopSupervised } from "./attempt/supervise.ts";
import { deliverAnswer } from "./deliver-answer.ts";
import type { Host } from "./host.ts";
import { keptFolder, removeOldKept } from "./kept-attempts.ts";
import { performWork } from "./perform-work.ts";

const shipEveryMs = 400;

/**
 * The life of an attempt in the runner. It may be entered anew at any point after a kill: what was done is on disk.
 * `onOver` comes as soon as the API has the answer; the promise resolves when all is cleaned up, or when the runner lets
 * go (then everything stays on disk).
 */
export async function runAttempt(host: Host, attempt: Attempt, onOver: () => void): Promise<void> {
  try {
    const shipping = shipLog(host.api, attempt, shipEveryMs);
    const answer = await answerOf(host, attempt);
    await shipping.finish();
    const isAccepted = await deliverAnswer(host, attempt, answer);
    onOver();
    await settle(host, attempt, isAccepted && answer.outcome === "failed" && !mayHoldSecrets(attempt));
  } catch (error) {
    if (!(error instanceof AttemptLeft)) throw error;
    if (attempt.isDropped) await abandon(host, attempt);
  }
}

/** The answer is on disk before it is sent, so nothing is done twice when sending takes long. */
async function answerOf(host: Host, attempt: Attempt): Promise<Omit<FinishBody, "fence">> {
  const written = await readFinish(attempt.folder);
  if (written) return written;
  const answer = await performWork(host, attempt);
  await writeJson(attempt.folder.finish, answer);
  return answer;
}

async function abandon(host: Host, attempt: Attempt): Promise<void> {
  attempt.logger.warn("the work is another runner's by now: stopping it");
  await Promise.all(supervisedFolders(attempt.folder).map(stopSupervised));
  await settle(host, attempt, false);
}

/** A process that was given secrets may have written them anywhere in its folder. */
const mayHoldSecrets = ({ payload }: Attempt): boolean => payload.kind === "command" && payload.takesSecrets === true;

/** Cleaning up is never the attempt's problem. */
async function settle(host: Host, attempt: Attempt, isKept: boolean): Promise<void> {
  try {
    if (isKept) await keepAttempt(host, attempt, keptFolder(host));
    else await removeAttempt(host, attempt);
    if (isKept) await removeOldKept(host);
  } catch (error) {
    attempt.logger.warn({ error: messageOf(error) }, "an attempt's folder could not be removed");
    // Whatever remains is not work any more.
    for (const path of [attempt.folder.work, attempt.folder.state]) await rm(path, { force: true });
  }
}
