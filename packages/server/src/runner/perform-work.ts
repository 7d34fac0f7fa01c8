import type { FinishBody } from "@pave/contract";
import { messageOf } from "../kernel/pave-error.ts";
import type { Attempt } from "./attempt/attempt.ts";
import { AttemptError, AttemptLeft } from "./attempt/attempt-error.ts";
import { checkModelWork } from "./check-model.ts";
import type { Host } from "./host.ts";
import { performCommand } from "./perform-command.ts";
import { buildEnvironmentWork } from "./python-environment/build-environment-work.ts";

/** An answer without what `emptyAnswer` says already. */
export type Answer = Partial<Omit<FinishBody, "fence">> & Pick<FinishBody, "outcome">;

/** Does one piece of work to its end, or goes on where an earlier runner stopped. Throws only `AttemptLeft`. */
export async function performWork(host: Host, attempt: Attempt): Promise<Omit<FinishBody, "fence">> {
  try {
    return complete(attempt, await performByKind(host, attempt));
  } catch (error) {
    if (error instanceof AttemptLeft && attempt.left.aborted) throw error;
    if (attempt.cancelled.aborted)
      return complete(attempt, { outcome: "cancelled", reason: "cancelled", message: "cancelled before it started" });
    if (error instanceof AttemptError)
      return complete(attempt, { outcome: "failed", reason: error.reason, message: error.message });
    attempt.logger.error(
      { error: error instanceof Error ? error.stack : String(error) },
      "an attempt failed in the runner",
    );
    return complete(attempt, {
      outcome: "failed",
      reason: "infra",
      message: `the runner could not do it: ${messageOf(error)}`,
    });
  }
}

function performByKind(host: Host, attempt: Attempt): Promise<Answer> {
  const { payload } = attempt;
  switch (payload.kind) {
    case "command":
      return performCommand(host, attempt, payload);
    case "python-environment":
      return buildEnvironmentWork(host, attempt, payload);
    case "check-model":
      return checkModelWork(host, attempt, payload);
  }
}

const maxMessage = 8_000;

function complete(attempt: Attempt, answer: Answer): Omit<FinishBody, "fence"> {
  const message = answer.message?.replaceAll("\0", "\ufffd") ?? null;
  const bounded = message !== null && message.length > maxMessage ? `${message.slice(0, maxMessage - 1)}…` : message;
  return { ...emptyAnswer(attempt.startedAt), isolation: attempt.isolation, ...answer, message: bounded };
}

/** All that an answer may say, unsaid. */
export const emptyAnswer = (startedAt: string | null): Omit<FinishBody, "fence" | "outcome"> => ({
  reason: null,
  message: null,
  exitCode: null,
  signal: null,
  startedAt,
  finishedAt: new Date().toISOString(),
  usage: null,
  outputs: [],
  metrics: {},
  pythonEnvironment: null,
  check: null,
});
