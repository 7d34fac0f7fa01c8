/**
 * Model files on local disk: each once by digest in `blobs/`, linked into a folder per model. Both appear by rename
 * when they are whole, so a crash leaves only drafts, which the next sweep removes.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { copyFile, link, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { GatewayFile } from "@pave/contract";
import { newId } from "../../kernel/ids.ts";
import { type ApiClient, reasonOf } from "./api-client.ts";
import type { DataFolder } from "./data-folder.ts";

/** A file that could not be had. `isRefused`: the api said no, so a fresh signed URL may help. */
export class FetchFailure extends Error {
  override readonly name = "FetchFailure";
  readonly isRefused: boolean;
  constructor(message: string, options: { isRefused?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.isRefused = options.isRefused ?? false;
  }
}

type Files = readonly Pick<GatewayFile, "path" | "digest" | "size" | "url">[];

export class ModelCache {
  readonly #folder: DataFolder;
  readonly #api: ApiClient;
  /** Folders whose bytes were compared with their digests since this process started. */
  readonly #verified = new Set<string>();

  constructor(folder: DataFolder, api: ApiClient) {
    this.#folder = folder;
    this.#api = api;
  }

  /** The folder with exactly these files, verified; fetches what is missing. Throws FetchFailure. */
  async materialise(files: Files, signal: AbortSignal): Promise<string> {
    const folder = join(this.#folder.models, keyOf(files));
    if (this.#verified.has(folder)) return folder;
    if (!(await this.#isWhole(folder, files))) {
      await rm(folder, { recursive: true, force: true });
      for (const file of files) await this.#fetchBlob(file, signal);
      await this.#link(folder, files);
    }
    this.#verified.add(folder);
    return folder;
  }

  /** Removes what no given release needs and has been there for an hour. */
  async sweep(releases: readonly { readonly files: Files }[], nowMs: number): Promise<void> {
    const folders = new Set(releases.map(({ files }) => keyOf(files)));
    const blobs = new Set(releases.flatMap(({ files }) => files.map(({ digest }) => hexOf(digest))));
    for (const [parent, needed] of [
      [this.#folder.models, folders],
      [this.#folder.blobs, blobs],
    ] as const) {
      for (const name of await readdir(parent)) {
        const path = join(parent, name);
        if (needed.has(name) || nowMs - (await stat(path)).ctimeMs < 3_600_000) continue;
        await rm(path, { recursive: true, force: true });
        this.#verified.delete(path);
      }
    }
  }

  async #isWhole(folder: string, files: Files): Promise<boolean> {
    for (const { path, digest } of files) {
      const found = await digestOfFile(join(folder, path)).catch(() => undefined);
      if (found === digest) continue;
      // the blob is the same file under another name, so it is just as wrong
      if (found !== undefined) await rm(join(this.#folder.blobs, hexOf(digest)), { force: true });
      return false;
    }
    return true;
  }

  async #fetchBlob(file: Files[number], signal: AbortSignal): Promise<void> {
    const blob = join(this.#folder.blobs, hexOf(file.digest));
    if ((await digestOfFile(blob).catch(() => undefined)) === file.digest) return;
    const draft = join(this.#folder.blobs, `${newId()}.tmp`);
    try {
      await this.#download(file, draft, signal);
      await rename(draft, blob);
    } catch (error) {
      await rm(draft, { force: true });
      if (error instanceof FetchFailure) throw error;
      throw new FetchFailure(`${file.path} could not be fetched: ${reasonOf(error)}`, { cause: error });
    }
  }

  async #download(file: Files[number], draft: string, signal: AbortSignal): Promise<void> {
    const response = await this.#api.file(file.url, signal);
    if (!response.ok || !response.body) {
      throw new FetchFailure(`${file.path} could not be fetched: the api answered ${response.status}`, {
        isRefused: response.status < 500,
      });
    }
    const hashing = createHash("sha256");
    let bytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        hashing.update(chunk);
        done(
          bytes > file.size ? new FetchFailure(`${file.path}: expected ${file.size} bytes, found more`) : null,
          chunk,
        );
      },
    });
    await pipeline(Readable.fromWeb(response.body as never), measure, createWriteStream(draft, { mode: 0o600 }));
    const digest = `sha256:${hashing.digest("hex")}`;
    if (digest !== file.digest) throw new FetchFailure(`${file.path}: expected ${file.digest}, found ${digest}`);
  }

  async #link(folder: string, files: Files): Promise<void> {
    const draft = `${folder}.${newId()}.tmp`;
    await mkdir(draft, { recursive: true, mode: 0o700 });
    for (const { path, digest } of files) {
      const blob = join(this.#folder.blobs, hexOf(digest));
      const target = join(draft, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      // hard links, not symbolic ones: a model may only read what really is in its folder
      await link(blob, target).catch(() => copyFile(blob, target));
    }
    await rename(draft, folder);
  }
}

/** The same for the same files, whatever release they come with. */
export function keyOf(files: readonly Pick<GatewayFile, "path" | "digest">[]): string {
  const list = files.map(({ path, digest }) => `${path}\n${digest}\n`).sort();
  return createHash("sha256").update(list.join("")).digest("hex").slice(0, 32);
}

async function digestOfFile(path: string): Promise<string> {
  const hashing = createHash("sha256");
  await pipeline(createReadStream(path), hashing);
  return `sha256:${hashing.digest("hex")}`;
}

const hexOf = (digest: string) => digest.replace(/^sha256:/, "");
