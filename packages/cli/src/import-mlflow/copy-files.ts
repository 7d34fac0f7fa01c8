import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "@pave/contract";
import { CliError } from "../command.ts";
import { atOnce } from "./at-once.ts";
import type { CopyContext } from "./copy-context.ts";
import type { FilePlace, FoundFile, OpenFile } from "./file-places.ts";
import { SourceAnswer, sourceGone } from "./source-errors.ts";
import { refusal } from "./target.ts";

const filesAtOnce = 4;
const tries = 3;

export interface FilesOf {
  /** Where they go: `run/ID`, `model/ID` or `version/NAME/NUMBER`. */
  readonly root: string;
  readonly place: FilePlace;
  /** In words, for the report. */
  readonly what: string;
  /** Whether there may be some of them here already. */
  readonly isNew: boolean;
}

/**
 * Copies what is not here yet, as it comes: nothing is kept in memory or on this disk. What cannot be read stays out with
 * its reason, and the next import tries it again. Gives whether all of them are here.
 */
export async function copyFiles(context: CopyContext, { root, place, what, isNew }: FilesOf): Promise<boolean> {
  const { target, tally } = context;
  const here = isNew ? [] : await filesHere(target, root);
  if (here === undefined) return true;
  const sizes = new Map(here.map(({ path, size }) => [path, size]));
  let isWhole = true;
  const batch: FoundFile[] = [];
  const send = () =>
    atOnce(filesAtOnce, batch.splice(0), async (file) => {
      if (!(await copyFile(context, { root, place, what }, file))) isWhole = false;
    });
  try {
    for await (const file of place.files()) {
      const known = sizes.get(file.path);
      if (known !== undefined && (file.size === null || file.size === known)) tally.add("files", "there");
      else if (batch.push(file) >= 32) await send();
    }
  } catch (error) {
    if (!(error instanceof SourceAnswer) && !isNoFolder(error)) throw error;
    tally.skip("files", what, `they cannot be listed: ${(error as Error).message}`);
    isWhole = false;
  }
  await send();
  if (!isWhole) context.incomplete.add(root);
  return isWhole;
}

/** Undefined where the run or model was removed here since it was copied: that is not undone. */
async function filesHere(target: CopyContext["target"], root: string) {
  try {
    return (await target.call("listImportedFiles", { query: { root } })).items;
  } catch (error) {
    if (error instanceof ApiError && error.code === "tracking.not_found") return undefined;
    throw error;
  }
}

const isNoFolder = (error: unknown): boolean =>
  ["ENOENT", "EACCES", "ENOTDIR", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");

async function copyFile(
  context: CopyContext,
  { root, place, what }: Pick<FilesOf, "root" | "place" | "what">,
  file: FoundFile,
): Promise<boolean> {
  const { target, tally, progress, signal } = context;
  const skip = (reason: string) => {
    tally.skip("files", `${what}: ${file.path}`, reason);
    return false;
  };
  for (let attempt = 1; ; attempt += 1) {
    let broken: unknown;
    try {
      if (!(await isHereAlready(context, { root, place }, file))) {
        const found = await place.open(file.path);
        if (file.size !== null && found.size !== null && file.size !== found.size)
          return skip(`the source lists ${file.size} bytes and sends ${found.size}`);
        const size = file.size ?? found.size;
        const bytes = watched(found, (error) => {
          broken = error;
        });
        await target.putFile({ root, path: file.path, ...(size === null ? {} : { size: String(size) }) }, bytes);
      }
      tally.add("files", "copied");
      progress.step();
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (broken !== undefined) {
        if (attempt === tries) throw sourceGone(context.source.url, broken);
      } else if (error instanceof SourceAnswer || isNoFolder(error)) {
        return skip(error instanceof Error ? error.message : String(error));
      } else {
        const reason = refusal(error);
        if (reason === undefined || error instanceof CliError) throw error;
        // it may have been written to meanwhile
        const isOtherLength = error instanceof ApiError && error.code === "blob.digest_mismatch";
        if (!isOtherLength || attempt === tries) return skip(reason);
      }
      await sleep(300 * attempt, undefined, { signal });
    }
  }
}

/** To ask for less takes as long as to send it. */
const askedBytes = 2 ** 16;

/** Whether the project had the bytes of a file on this disk, and has the file now. */
async function isHereAlready(
  { target }: CopyContext,
  { root, place }: Pick<FilesOf, "root" | "place">,
  { path, size }: FoundFile,
): Promise<boolean> {
  if (place.digest === undefined || size === null || size < askedBytes) return false;
  // what cannot be read says so when it is sent
  const digest = await place.digest(path).catch(() => undefined);
  return digest !== undefined && (await target.call("nameImportedFile", { body: { root, path, size, digest } })).isHere;
}

/** The same bytes; says when it is the source that breaks, and not whoever takes them. */
function watched({ bytes }: OpenFile, onBroken: (error: unknown) => void): OpenFile["bytes"] {
  if (bytes instanceof Uint8Array) return bytes;
  const reader = bytes.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await reader.read().catch((error: unknown) => {
        onBroken(error);
        throw error;
      });
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
