import { setTimeout as delay } from "node:timers/promises";
import { type Connection, openConnection, type Received, type Sent } from "../../harness/connection.ts";
import type { Target } from "../../harness/drive.ts";

/** What MLflow's client does by default: so many tries after the first, with pauses that double, and some chance. */
const mostRetries = 7;
const pauseMs = (retry: number): number =>
  retry === 1 ? 0 : Math.min(120_000, 2000 * 2 ** (retry - 1)) + Math.random() * 1000;

const isAgain = ({ status }: Received): boolean => [408, 429, 500, 502, 503, 504].includes(status);

export interface RetryingCaller {
  /** Gives the answer once there is one that is no reason to try again. */
  call(request: Sent): Promise<Received>;
  close(): void;
}

/** A caller that tries again where nothing came back or the server is away; `retried` hears of each time. */
export function retryingCaller({ url, headers }: Target, retried: (why: string) => void): RetryingCaller {
  let connection: Connection = openConnection(url, headers);
  const tryOnce = async (request: Sent): Promise<Received | string> => {
    try {
      const answer = await connection.send(request);
      return isAgain(answer) ? `${answer.status} ${answer.body.toString("utf8", 0, 200)}` : answer;
    } catch (error) {
      connection.close();
      connection = openConnection(url, headers);
      return error instanceof Error ? error.message : String(error);
    }
  };
  return {
    async call(request) {
      for (let retry = 1; ; retry += 1) {
        const answer = await tryOnce(request);
        if (typeof answer !== "string") return answer;
        if (retry > mostRetries)
          throw new Error(`${request.path} had no answer after ${mostRetries} retries: ${answer}`);
        retried(answer);
        await delay(pauseMs(retry));
      }
    },
    close: () => connection.close(),
  };
}
