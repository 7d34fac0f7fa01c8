import { setTimeout as delay } from "node:timers/promises";
import type { Sent } from "../../harness/connection.ts";
import { assertGood, type Target } from "../../harness/drive.ts";
import { get, post } from "../api.ts";
import { startTime } from "../data.ts";
import { type RetryingCaller, retryingCaller } from "./retrying.ts";

/** A run that the soak made, and how many points it was told are there: steps from 0 on, each with its value. */
export interface WrittenRun {
  readonly runId: string;
  points: number;
}

export interface Work {
  readonly runs: WrittenRun[];
  requests: number;
  /** Requests that were made again, by why. */
  readonly retries: Map<string, number>;
}

export const key = "loss";
export const valueAt = (step: number): number => 1 / (1 + step);
const pointOf = (step: number) => ({ key, value: valueAt(step), timestamp: startTime + step, step });

/** A run gets so many points, so that histories which are read stay as long as they are. */
const mostPoints = 3000;
const batchSize = 50;

export interface WorkOptions {
  readonly experimentId: string;
  readonly callers: number;
  /** All of them together; as fast as they can where it is left out. */
  readonly perSecond?: number;
  readonly signal: AbortSignal;
}

/** Callers who write and read in turn until the signal. A call that fails for good ends all of them. */
export async function workUntil(server: Target, work: Work, options: WorkOptions): Promise<void> {
  const pace = pacer(options);
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const retried = (why: string) => void work.retries.set(why, (work.retries.get(why) ?? 0) + 1);
  await Promise.all(
    Array.from({ length: options.callers }, async (_, index) => {
      const caller = retryingCaller(server, retried);
      try {
        await workAlone({ caller, work, pace, signal, experimentId: options.experimentId, first: index });
      } catch (error) {
        failed.abort();
        throw error;
      } finally {
        caller.close();
      }
    }),
  );
}

interface Worker {
  readonly caller: RetryingCaller;
  readonly work: Work;
  readonly pace: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly experimentId: string;
  readonly first: number;
}

async function workAlone({ caller, work, pace, signal, experimentId, first }: Worker): Promise<void> {
  const ask = async (request: Sent): Promise<Buffer> => {
    await pace();
    const answer = await caller.call(request);
    assertGood(request, answer);
    work.requests += 1;
    return answer.body;
  };
  const begin = async (): Promise<WrittenRun> => {
    const made = await ask(post("/runs/create", { experiment_id: experimentId, start_time: Date.now() }));
    const { run } = JSON.parse(made.toString("utf8")) as { run: { info: { run_id: string } } };
    const written = { runId: run.info.run_id, points: 0 };
    work.runs.push(written);
    return written;
  };
  let run = await begin();
  for (let turn = first; !signal.aborted; turn += 1) {
    const { runId: run_id, points } = run;
    // counted when the server has said yes, and not before
    if (turn % 10 < 6) {
      await ask(post("/runs/log-metric", { run_id, ...pointOf(points) }));
      run.points += 1;
    } else if (turn % 10 === 6) {
      const metrics = Array.from({ length: batchSize }, (_, index) => pointOf(points + index));
      await ask(post("/runs/log-batch", { run_id, metrics, tags: [{ key: "points", value: String(points) }] }));
      run.points += batchSize;
    } else if (turn % 10 === 7) await ask(get("/runs/get", { run_id }));
    else if (turn % 10 === 8) await ask(get("/metrics/get-history", { run_id, metric_key: key, max_results: 1000 }));
    else
      await ask(
        post("/runs/search", { experiment_ids: [experimentId], filter: "metrics.loss < 0.01", max_results: 20 }),
      );
    if (run.points >= mostPoints) run = await begin();
  }
}

/** Lets so many through a second. What could not be sent because nothing was answered is not made up for. */
function pacer({ perSecond, signal }: WorkOptions): () => Promise<void> {
  if (perSecond === undefined) return async () => undefined;
  let next = performance.now();
  return async () => {
    const now = performance.now();
    next = Math.max(next + 1000 / perSecond, now - 100);
    if (next > now) await delay(next - now, undefined, { signal }).catch(() => undefined);
  };
}
