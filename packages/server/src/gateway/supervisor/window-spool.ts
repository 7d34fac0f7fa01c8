/**
 * Counters on their way to the api. What workers counted is merged into windows of a second, each written to disk as
 * it closes and removed when the api acknowledged it; the window id makes sending twice harmless. A crash loses the
 * open second.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type GatewayWindow, gatewayWindowSchema, mergeLatency } from "@pave/contract/gateway";
import { addCountsLists } from "@pave/contract/drift";
import { z } from "zod";
import { newId } from "../../kernel/ids.ts";
import type { Logger } from "../../kernel/logger.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import type { ReleaseCounters } from "../worker-messages.ts";
import { type DataFolder, readJson, writeWhole } from "./data-folder.ts";

/** Some hours without an api, fewer of models with hundreds of features. The oldest go first. */
const maxFiles = 20_000;
const maxBytes = 64 * 2 ** 20;
/** The api takes four times as much in one report. */
const maxReportBytes = 4 * 2 ** 20;

interface ClosedFile {
  readonly windows: GatewayWindow[];
  readonly bytes: number;
}

export class WindowSpool {
  readonly #folder: DataFolder;
  readonly #log: Logger;
  readonly #now: () => number;
  #open = new Map<string, ReleaseCounters>();
  #openedAtMs: number;
  /** By file name, oldest first. */
  readonly #closed = new Map<string, ClosedFile>();
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: DataFolder, log: Logger, now: () => number = Date.now) {
    this.#folder = folder;
    this.#log = log;
    this.#now = now;
    this.#openedAtMs = now();
  }

  /** Takes up the windows that an earlier process left. */
  async load(): Promise<void> {
    const names = (await readdir(this.#folder.windows)).sort();
    for (const name of names) {
      const path = join(this.#folder.windows, name);
      const windows = z.array(gatewayWindowSchema).safeParse(name.endsWith(".json") ? await readJson(path) : undefined);
      if (windows.success) this.#keep(name, windows.data, JSON.stringify(windows.data).length);
      else await rm(path, { force: true });
    }
  }

  add(counters: readonly ReleaseCounters[]) {
    for (const next of counters) {
      const open = this.#open.get(next.releaseId);
      this.#open.set(next.releaseId, open ? merge(open, next) : next);
    }
  }

  /** Ends the open window. Resolves when it is on disk. */
  close(): Promise<void> {
    const now = this.#now();
    const seconds = Math.max(0.001, (now - this.#openedAtMs) / 1000);
    const start = new Date(this.#openedAtMs).toISOString();
    this.#openedAtMs = now;
    if (this.#open.size === 0) return this.#writing;

    const windows = [...this.#open.values()].map(
      (counters): GatewayWindow => ({ windowId: newId(), start, seconds, ...counters }),
    );
    this.#open = new Map();
    const name = `${newId()}.json`;
    const text = JSON.stringify(windows);
    this.#keep(name, windows, text.length);
    this.#dropOldest();
    this.#queue(() => writeWhole(join(this.#folder.windows, name), text));
    return this.#writing;
  }

  #keep(name: string, windows: GatewayWindow[], bytes: number) {
    this.#bytes += bytes - (this.#closed.get(name)?.bytes ?? 0);
    this.#closed.set(name, { windows, bytes });
  }

  #forget(name: string) {
    this.#bytes -= this.#closed.get(name)?.bytes ?? 0;
    this.#closed.delete(name);
    this.#queue(() => rm(join(this.#folder.windows, name), { force: true }));
  }

  /** How many windows wait to be acknowledged. */
  get size(): number {
    let windows = 0;
    for (const part of this.#closed.values()) windows += part.windows.length;
    return windows;
  }

  /** The oldest windows that wait to be acknowledged. */
  waiting(limit: number): GatewayWindow[] {
    const windows: GatewayWindow[] = [];
    let bytes = 0;
    for (const part of this.#closed.values()) {
      bytes += part.bytes;
      if (windows.length >= limit || (windows.length > 0 && bytes > maxReportBytes)) break;
      windows.push(...part.windows);
    }
    return windows;
  }

  /** Forgets windows that the api has. */
  acknowledge(windowIds: readonly string[]): Promise<void> {
    const ids = new Set(windowIds);
    for (const [name, { windows, bytes }] of this.#closed) {
      if (ids.size === 0) break;
      const left = windows.filter(({ windowId }) => !ids.has(windowId));
      if (left.length === windows.length) continue;
      for (const { windowId } of windows) ids.delete(windowId);
      if (left.length > 0) {
        this.#keep(name, left, Math.ceil((bytes * left.length) / windows.length));
        continue;
      }
      this.#forget(name);
    }
    return this.#writing;
  }

  #dropOldest() {
    while (this.#closed.size > maxFiles || (this.#bytes > maxBytes && this.#closed.size > 1)) {
      const [oldest = ""] = this.#closed.keys();
      this.#forget(oldest);
    }
  }

  /** In order, so that a window is not removed before it is written. A full disk costs windows, not answers. */
  #queue(write: () => Promise<void>) {
    this.#writing = this.#writing
      .then(write)
      .catch((error: unknown) =>
        this.#log.error({ error: messageOf(error) }, "a window of counters could not be kept on disk"),
      );
  }
}

function merge(a: ReleaseCounters, b: ReleaseCounters): ReleaseCounters {
  return {
    ...a,
    requests: a.requests + b.requests,
    rows: a.rows + b.rows,
    errors4xx: a.errors4xx + b.errors4xx,
    errors5xx: a.errors5xx + b.errors5xx,
    latency: mergeLatency(a.latency, b.latency),
    ...(a.counts || b.counts ? { counts: addCountsLists(a.counts ?? [], b.counts ?? []) } : {}),
  };
}
