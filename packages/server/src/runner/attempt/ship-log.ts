import type { Client } from "@pave/contract";
import { messageOf } from "../../kernel/pave-error.ts";
import { backoffMs } from "../../kernel/retry.ts";
import { sleep } from "../../kernel/time.ts";
import { isRefused } from "../api-errors.ts";
import type { Attempt } from "./attempt.ts";
import { readJson, writeJson } from "./attempt-folder.ts";

const batchBytes = 1_000_000;
const batchChunks = 500;

export interface LogShipping {
  /** Posts what is left, then ends. */
  finish(): Promise<void>;
}

/**
 * Posts the attempt's log to the API while it grows. A post that was not answered is posted again; the API knows chunks
 * by their offset. What the API refuses for good ends the shipping, never the attempt.
 */
export function shipLog(api: Client, attempt: Attempt, pauseMs: number): LogShipping {
  const wake = new AbortController();
  const done = ship(api, attempt, pauseMs, wake.signal).catch((error: unknown) => {
    attempt.logger.warn({ error: messageOf(error) }, "the log could not be posted");
  });
  return {
    async finish() {
      wake.abort();
      await done;
    },
  };
}

async function ship(api: Client, attempt: Attempt, pauseMs: number, finishing: AbortSignal): Promise<void> {
  let position = (await readJson<{ position: number }>(attempt.folder.shipped))?.position ?? 0;
  let tries = 0;
  while (!attempt.left.aborted) {
    const isLast = finishing.aborted;
    const read = await attempt.log.read(position, batchBytes);
    if (read.chunks.length === 0 && isLast) return;
    if (read.chunks.length === 0) {
      await sleep(pauseMs, finishing);
      continue;
    }
    try {
      for (let start = 0; start < read.chunks.length; start += batchChunks) {
        const chunks = read.chunks.slice(start, start + batchChunks);
        const body = { fence: attempt.fence, chunks };
        await api.appendWorkLogs({ params: { work: attempt.workId }, body }, { signal: attempt.left });
      }
      position = read.position;
      tries = 0;
      await writeJson(attempt.folder.shipped, { position });
    } catch (error) {
      if (isRefused(error)) throw error;
      tries += 1;
      await sleep(backoffMs(tries, { maxMs: 5_000 }), attempt.left);
    }
    if (!isLast) await sleep(pauseMs, finishing);
  }
}
