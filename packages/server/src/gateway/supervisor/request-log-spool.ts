/**
 * Logged requests on their way to the api. What workers send is written to disk as a part once a second and removed when
 * the api has acknowledged it; the part's id makes sending twice harmless. A crash loses the open second. The oldest
 * parts go when too much waits, and the next part says how many rows were lost.
 */
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LoggedRelease, LogPart } from "@pave/contract";
import { newId } from "../../kernel/ids.ts";
import type { Logger } from "../../kernel/logger.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import type { LoggedRequests } from "../worker-messages.ts";
import { writeWhole } from "./data-folder.ts";

interface PartFile {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** What it says was lost before it; not known of an earlier process's. */
  readonly lost: number;
}

export interface SpoolLimits {
  /** Of everything that waits on disk. */
  readonly maxBytes: number;
  /** A part is closed early when it has this many, so that it fits into one request. */
  readonly maxPartBytes: number;
}

const defaultLimits: SpoolLimits = { maxBytes: 256 * 2 ** 20, maxPartBytes: 2 * 2 ** 20 };
const namePattern = /^([0-9a-f-]{36})\.(\d+)\.ndjson$/;

export class RequestLogSpool {
  readonly #folder: string;
  readonly #log: Logger;
  readonly #limits: SpoolLimits;
  #releases = new Map<string, LoggedRelease>();
  #lines: string[] = [];
  #rows = 0;
  #openBytes = 0;
  #lost = 0;
  /** Oldest first. */
  readonly #closed = new Map<string, PartFile>();
  #closedBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string, log: Logger, limits: SpoolLimits = defaultLimits) {
    this.#folder = folder;
    this.#log = log;
    this.#limits = limits;
  }

  /** Takes up the parts that an earlier process left. */
  async load(): Promise<void> {
    for (const name of (await readdir(this.#folder)).sort()) {
      const [, part = "", rows] = namePattern.exec(name) ?? [];
      const path = join(this.#folder, name);
      if (rows === undefined) await rm(path, { force: true });
      else this.#note(part, { name, rows: Number(rows), bytes: (await stat(path)).size, lost: 0 });
    }
  }

  add({ releases, rows, lines }: LoggedRequests) {
    for (const release of releases) {
      const open = this.#releases.get(release.releaseId);
      const { seen, kept } = release;
      this.#releases.set(
        release.releaseId,
        open ? { ...release, seen: open.seen + seen, kept: open.kept + kept } : release,
      );
    }
    if (rows > 0) this.#lines.push(lines);
    this.#rows += rows;
    this.#openBytes += Buffer.byteLength(lines);
    if (this.#openBytes >= this.#limits.maxPartBytes) void this.close();
  }

  /** Ends the open part. Resolves when it is on disk. */
  close(): Promise<void> {
    if (this.#releases.size === 0) return this.#writing;
    const head: LogPart = {
      part: newId(),
      rows: this.#rows,
      lost: this.#lost,
      releases: [...this.#releases.values()],
    };
    const text = `${JSON.stringify(head)}\n${this.#lines.join("")}`;
    const file: PartFile = {
      name: `${head.part}.${head.rows}.ndjson`,
      rows: head.rows,
      bytes: Buffer.byteLength(text),
      lost: head.lost,
    };
    this.#releases = new Map();
    this.#lines = [];
    [this.#rows, this.#openBytes, this.#lost] = [0, 0, 0];
    this.#queue(async () => {
      await writeWhole(join(this.#folder, file.name), text).catch((error: unknown) => {
        this.#lost += file.rows + file.lost;
        throw error;
      });
      this.#note(head.part, file);
      this.#dropOldest();
    });
    return this.#writing;
  }

  /** The oldest parts that fit into one request, one after another; undefined when nothing waits. */
  async waiting(maxBytes: number): Promise<Buffer | undefined> {
    await this.#writing;
    const chosen: Buffer[] = [];
    let bytes = 0;
    for (const [part, file] of [...this.#closed]) {
      if (chosen.length > 0 && bytes + file.bytes > maxBytes) break;
      const text = await readFile(join(this.#folder, file.name));
      if (isWhole(text, file)) chosen.push(text);
      else this.#drop(part);
      bytes += text.length;
    }
    return chosen.length === 0 ? undefined : Buffer.concat(chosen);
  }

  /** Forgets parts that the api has. */
  acknowledge(parts: readonly string[]): Promise<void> {
    for (const part of parts) this.#remove(part);
    return this.#writing;
  }

  /** A part that the api will never take; its rows count as lost. */
  giveUp(part: string): Promise<void> {
    this.#drop(part);
    return this.#writing;
  }

  #note(part: string, file: PartFile) {
    this.#closed.set(part, file);
    this.#closedBytes += file.bytes;
  }

  #remove(part: string): PartFile | undefined {
    const file = this.#closed.get(part);
    if (!file) return undefined;
    this.#closed.delete(part);
    this.#closedBytes -= file.bytes;
    this.#queue(() => rm(join(this.#folder, file.name), { force: true }));
    return file;
  }

  #dropOldest() {
    for (const part of this.#closed.keys()) {
      if (this.#closedBytes <= this.#limits.maxBytes || this.#closed.size <= 1) return;
      this.#drop(part);
    }
  }

  /** Its rows are lost, and so is what it was to say of others. */
  #drop(part: string) {
    const file = this.#remove(part);
    if (file) this.#lost += file.rows + file.lost;
  }

  /** In order. A full disk costs logged requests, not answers. */
  #queue(write: () => Promise<void>) {
    this.#writing = this.#writing
      .then(write)
      .catch((error: unknown) =>
        this.#log.error({ error: messageOf(error) }, "a part of the request log could not be kept on disk"),
      );
  }
}

/** A power cut may leave less than was written. */
function isWhole(text: Buffer, { rows, bytes }: PartFile): boolean {
  if (text.length !== bytes || bytes === 0) return false;
  let lines = 0;
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) lines += 1;
  return lines === rows + 1;
}
