import { type GatewayConfig, gatewayConfigSchema } from "@pave/contract/gateway";
import type { Logger } from "../../kernel/logger.ts";
import { backoffMs } from "../../kernel/retry.ts";
import { sleep } from "../../kernel/time.ts";
import { type ApiClient, reasonOf } from "./api-client.ts";
import { type DataFolder, readJson, writeWhole } from "./data-folder.ts";

export interface ConfigSyncOptions {
  readonly api: ApiClient;
  readonly folder: DataFolder;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onConfig: (config: GatewayConfig) => void;
  readonly onContact: (atMs: number) => void;
}

/** Follows the api's config by long polling and keeps the last one on disk. */
export class ConfigSync {
  readonly #options: ConfigSyncOptions;
  #config: GatewayConfig | undefined;
  #contactAtMs = 0;
  #refetch: AbortController | undefined;

  constructor(options: ConfigSyncOptions) {
    this.#options = options;
  }

  get config(): GatewayConfig | undefined {
    return this.#config;
  }

  /** When the api was last heard, by this or an earlier process; 0 for never. */
  get contactAtMs(): number {
    return this.#contactAtMs;
  }

  /** Takes up the config of an earlier process. */
  async load(): Promise<void> {
    const { folder } = this.#options;
    const config = gatewayConfigSchema.safeParse(await readJson(folder.config));
    if (config.success) this.#config = config.data;
    const contact = (await readJson(folder.contact)) as { atMs?: unknown } | undefined;
    if (typeof contact?.atMs === "number") this.#contactAtMs = Math.min(contact.atMs, Date.now());
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    const { signal, log } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#poll();
        if (failures > 0) log.info("the api answers again");
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (this.#refetch?.signal.aborted) continue;
        failures += 1;
        if (failures === 1)
          log.warn({ error: reasonOf(error) }, "the api cannot be reached; serving goes on with the last config");
        await sleep(backoffMs(failures, { baseMs: 300, maxMs: 5000 }), signal);
      }
    }
  }

  /** Asks for the config as if there were none: its signed URLs have expired, or the api is somewhere else now. */
  refetch() {
    this.#refetch?.abort();
  }

  async #poll(): Promise<void> {
    const { api, signal, onConfig, onContact } = this.#options;
    const isRefetch = this.#refetch?.signal.aborted === true;
    this.#refetch = new AbortController();
    const after = isRefetch ? -1 : (this.#config?.version ?? -1);
    const config = await api.config(after, AbortSignal.any([signal, this.#refetch.signal]));
    this.#contactAtMs = Date.now();
    onContact(this.#contactAtMs);
    if (config) {
      this.#config = config;
      onConfig(config);
    }
    await this.#keep(config);
  }

  /** A full disk costs the next start its memory, not this one its config. */
  async #keep(config: GatewayConfig | undefined): Promise<void> {
    const { folder, log } = this.#options;
    try {
      if (config) await writeWhole(folder.config, JSON.stringify(config));
      await writeWhole(folder.contact, JSON.stringify({ atMs: this.#contactAtMs }));
    } catch (error) {
      log.error({ error: reasonOf(error) }, "the config could not be kept on disk");
    }
  }
}
