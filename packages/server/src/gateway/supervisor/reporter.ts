import type { GatewayReleaseStatus, GatewayReport, GatewayWindow } from "@pave/contract";
import type { Logger } from "../../kernel/logger.ts";
import { backoffMs } from "../../kernel/retry.ts";
import { sleep } from "../../kernel/time.ts";
import { type ApiClient, reasonOf } from "./api-client.ts";
import type { WindowSpool } from "./window-spool.ts";

export interface ReporterOptions {
  readonly api: ApiClient;
  readonly gatewayId: string;
  readonly startedAt: string;
  readonly spool: WindowSpool;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly state: () => { configVersion: number; releases: GatewayReleaseStatus[] };
}

const windowsPerReport = 500;
const idleMs = 10_000;

/** Tells the api what is ready and what was counted: each second when there is something new, every ten otherwise. */
export class Reporter {
  readonly #options: ReporterOptions;
  #sequence = 0;
  #lastState = "";
  #lastSentAt = Number.NEGATIVE_INFINITY;
  #wake: (() => void) | undefined;
  /** Also remembers a call that came in the middle of a report. */
  #isWoken = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** Reports without waiting for the second to end: somebody may wait for a release to become ready. */
  wake() {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    const { signal, log } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const isMore = await this.#reportIfNew();
        failures = 0;
        if (!isMore) await this.#pause(1000);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        if (failures === 1) log.warn({ error: reasonOf(error) }, "the api takes no report; counters wait on disk");
        await this.#pause(backoffMs(failures, { baseMs: 500, maxMs: 10_000 }));
      }
    }
  }

  /** True when more windows wait. */
  async #reportIfNew(): Promise<boolean> {
    const { spool, state } = this.#options;
    const windows = spool.waiting(windowsPerReport);
    const now = state();
    const key = JSON.stringify(now);
    if (windows.length === 0 && key === this.#lastState && performance.now() - this.#lastSentAt < idleMs) return false;
    await this.#send(windows, now);
    this.#lastState = key;
    this.#lastSentAt = performance.now();
    return windows.length >= windowsPerReport;
  }

  /** What is left at the end, with a short time limit. */
  async sendLast(): Promise<void> {
    await this.#send(this.#options.spool.waiting(windowsPerReport), this.#options.state(), true);
  }

  async #send(windows: GatewayWindow[], state: ReturnType<ReporterOptions["state"]>, isLast = false): Promise<void> {
    const { api, gatewayId, startedAt, spool } = this.#options;
    this.#sequence += 1;
    const report: GatewayReport = { gatewayId, startedAt, sequence: this.#sequence, ...state, windows };
    const { acknowledged } = await api.report(
      report,
      AbortSignal.any([...(isLast ? [] : [this.#options.signal]), AbortSignal.timeout(isLast ? 1500 : 15_000)]),
    );
    await spool.acknowledge(acknowledged);
  }

  async #pause(milliseconds: number): Promise<void> {
    const waking = new AbortController();
    this.#wake = () => waking.abort();
    if (!this.#isWoken) await sleep(milliseconds, AbortSignal.any([waking.signal, this.#options.signal]));
    this.#isWoken = false;
  }
}
