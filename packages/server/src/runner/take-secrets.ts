import { ApiError, type SecretEnvironment } from "@pave/contract";
import { backoffMs } from "../kernel/retry.ts";
import { sleep } from "../kernel/time.ts";
import { isLost, isRefused } from "./api-errors.ts";
import type { Attempt } from "./attempt/attempt.ts";
import { AttemptError, AttemptLeft } from "./attempt/attempt-error.ts";
import type { Host } from "./host.ts";

const maxTries = 6;

/**
 * What the step's process is given and nobody else: asked of the API under this attempt's lease, passed on to its
 * supervisor, and not kept. A refusal fails the attempt with the API's words.
 */
export async function takeSecrets(host: Host, attempt: Attempt): Promise<SecretEnvironment> {
  const signal = AbortSignal.any([attempt.cancelled, attempt.left]);
  for (let tries = 1; ; tries += 1) {
    try {
      const { workId: work, fence } = attempt;
      return await host.api.takeWorkSecrets({ params: { work }, body: { fence } }, { signal });
    } catch (error) {
      if (attempt.cancelled.aborted) throw new AttemptError("cancelled", "cancelled before it started");
      if (attempt.left.aborted) throw new AttemptLeft("the runner let go of this attempt");
      if (isLost(error)) throw new AttemptError("infra", "the work was given to another runner");
      if (isRefused(error)) throw new AttemptError("environment", wordsOf(error));
      if (tries === maxTries)
        throw new AttemptError("infra", error instanceof ApiError ? wordsOf(error) : "the API gave no secrets", {
          cause: error,
        });
      await sleep(backoffMs(tries, { maxMs: 5_000 }), signal);
    }
  }
}

const wordsOf = ({ body }: ApiError): string =>
  body.fix === undefined ? body.message : `${body.message}; ${body.fix}`;
