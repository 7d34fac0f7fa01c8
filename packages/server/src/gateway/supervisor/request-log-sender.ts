import { logPartSchema, maxLogBodyBytes } from "@pave/contract/gateway";
import type { Logger } from "../../kernel/logger.ts";
import { backoffMs } from "../../kernel/retry.ts";
import { sleep } from "../../kernel/time.ts";
import { type ApiClient, isRefusal, reasonOf } from "./api-client.ts";
import type { RequestLogSpool } from "./request-log-spool.ts";

export interface RequestLogSenderOptions {
  readonly api: ApiClient;
  readonly spool: RequestLogSpool;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Half of what the api takes, so that one large part still fits. */
const sendBytes = maxLogBodyBytes / 2;

/**
 * Brings the request log to the api, the oldest parts first. Where some are refused they go one by one, and one that is
 * refused alone is given up: it would hold up those of every other endpoint.
 */
export class RequestLogSender {
  readonly #options: RequestLogSenderOptions;
  #isOneByOne = false;

  constructor(options: RequestLogSenderOptions) {
    this.#options = options;
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    const { log, signal } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const hasSent = await this.#send(AbortSignal.any([signal, AbortSignal.timeout(30_000)]));
        failures = 0;
        if (!hasSent) await sleep(500, signal);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        if (failures === 1) log.warn({ error: reasonOf(error) }, "the api takes no logged requests; they wait on disk");
        await sleep(backoffMs(failures, { baseMs: 500, maxMs: 10_000 }), signal);
      }
    }
  }

  /** What is left at the end, with a short time limit. */
  async sendLast(): Promise<void> {
    await this.#send(AbortSignal.timeout(1500));
  }

  async #send(signal: AbortSignal): Promise<boolean> {
    const { api, spool, log } = this.#options;
    const parts = await spool.waiting(this.#isOneByOne ? 1 : sendBytes);
    if (parts === undefined) return false;
    try {
      await spool.acknowledge(await api.sendLog(parts, signal));
      this.#isOneByOne = false;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (this.#isOneByOne) {
        log.error({ error: reasonOf(error) }, "the api refuses a part of the request log; it is given up");
        await spool.giveUp(firstPart(parts));
      }
      this.#isOneByOne = true;
    }
    return true;
  }
}

const firstPart = (parts: Buffer): string =>
  logPartSchema.parse(JSON.parse(parts.toString("utf8", 0, parts.indexOf(10)))).part;
