/**
 * Reference profiles of releases on local disk, fetched and verified like models. A release serves without its profile,
 * whose rows are just not counted until it is there; one that cannot be fetched is tried again with every config and
 * every half minute.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GatewayConfig, GatewayFile } from "@pave/contract";
import { referenceProfileSchema } from "@pave/contract/drift";
import type { Logger } from "../../kernel/logger.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import type { ProfileOnDisk } from "../worker-messages.ts";
import type { ModelCache } from "./model-cache.ts";

export interface ProfileFilesOptions {
  readonly cache: Pick<ModelCache, "materialise">;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** A profile is there that was not. */
  readonly onChange: () => void;
}

const againMs = 30_000;

export class ProfileFiles {
  readonly #options: ProfileFilesOptions;
  /** By digest; null: the file is no profile and will never be one. */
  readonly #known = new Map<string, ProfileOnDisk | null>();
  #wanted = new Map<string, GatewayFile>();
  #work: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProfileFilesOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  profileOf(file: GatewayFile | undefined): ProfileOnDisk | undefined {
    return (file && this.#known.get(file.digest)) ?? undefined;
  }

  /** Takes up the profiles of a new config and lets go of others. Resolves when each was tried. */
  want(config: GatewayConfig): Promise<void> {
    const files = config.endpoints.flatMap(({ releases }) => releases.flatMap(({ profile }) => profile ?? []));
    this.#wanted = new Map(files.map((file) => [file.digest, file]));
    for (const digest of this.#known.keys()) if (!this.#wanted.has(digest)) this.#known.delete(digest);
    return this.#fetchMissing();
  }

  #fetchMissing(): Promise<void> {
    this.#work = this.#work.then(async () => {
      const { signal, onChange } = this.#options;
      const missing = [...this.#wanted.values()].filter(({ digest }) => !this.#known.has(digest));
      for (const file of missing) if (!signal.aborted) await this.#fetch(file);
      if (missing.some(({ digest }) => this.#known.get(digest))) onChange();
      this.#fetchLater();
    });
    return this.#work;
  }

  #fetchLater() {
    clearTimeout(this.#timer);
    const isDone = [...this.#wanted.keys()].every((digest) => this.#known.has(digest));
    if (isDone || this.#options.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#fetchMissing(), againMs);
    this.#timer.unref();
  }

  async #fetch(file: GatewayFile): Promise<void> {
    const { cache, log, signal } = this.#options;
    try {
      const path = join(await cache.materialise([file], signal), file.path);
      const profile = referenceProfileSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
      if (!profile.success)
        log.warn({ digest: file.digest }, "a reference profile cannot be read; its rows are not counted");
      this.#known.set(file.digest, profile.success ? { id: profile.data.id, path } : null);
    } catch (error) {
      if (!signal.aborted)
        log.warn({ digest: file.digest, error: messageOf(error) }, "a reference profile could not be fetched yet");
    }
  }
}
