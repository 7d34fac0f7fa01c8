import { ApiError, type FinishBody } from "@pave/contract";
import { messageOf } from "../kernel/pave-error.ts";
import { backoffMs } from "../kernel/retry.ts";
import { sleep } from "../kernel/time.ts";
import { isLost, isRefused } from "./api-errors.ts";
import type { Attempt } from "./attempt/attempt.ts";
import type { Host } from "./host.ts";

type Answer = Omit<FinishBody, "fence">;

/**
 * Tells the API how the work ended, for as long as it takes. The fence is read anew for each try: the lease may have
 * been renewed under another one meanwhile. True when the API accepted it, false when the work is another's by now.
 */
export async function deliverAnswer(host: Host, attempt: Attempt, answer: Answer): Promise<boolean> {
  let body = answer;
  attempt.deliver();
  for (let tries = 1; ; tries += 1) {
    try {
      const params = { work: attempt.workId };
      await host.api.finishWork({ params, body: { ...body, fence: attempt.fence } }, { signal: attempt.left });
      return true;
    } catch (error) {
      attempt.throwIfLeft();
      if (error instanceof ApiError && error.code === "work.not_found") return false;
      attempt.logger.warn({ error: messageOf(error), tries }, "the end of an attempt was not accepted");
      if (isLost(error) && (attempt.isDropped || tries >= 5)) return false;
      if (isRefused(error) && !isLost(error)) body = refused(body, error);
      await sleep(backoffMs(tries, { maxMs: 5_000 }), attempt.left);
      attempt.throwIfLeft();
    }
  }
}

/** What the API cannot take for good still has to end: as a failure that says so. */
const refused = (answer: Answer, error: ApiError): Answer => ({
  ...answer,
  outcome: "failed",
  reason: "infra",
  message: `the server refused the result: ${error.message}`.slice(0, 2_000),
  outputs: [],
  metrics: {},
  check: null,
});
