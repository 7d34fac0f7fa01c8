import { buffer } from "node:stream/consumers";
import type { FileEntry } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Artifacts } from "../artifacts/index.ts";

/** Formats that are pickles, or archives of them, under their usual names. */
const pickleName = /\.(pkl|pickle|joblib|pt|pth|ckpt|dill|cloudpickle|npy|npz)$/i;

/**
 * `unsafe` when a file of the model's folder is a pickle, which runs code when it is loaded: by name, or by its first
 * bytes whatever the name.
 */
export async function scanPickle(
  artifacts: Pick<Artifacts, "openBlob">,
  ctx: Ctx,
  files: readonly FileEntry[],
): Promise<"none" | "unsafe"> {
  if (files.some(({ path }) => pickleName.test(path))) return "unsafe";
  for (const { digest, size } of files) {
    if (size >= 2 && isPickle(await buffer(await artifacts.openBlob(ctx, digest, { range: { start: 0, end: 1 } }))))
      return "unsafe";
  }
  return "none";
}

/** Protocols 2 to 5 begin with 0x80 and their number. */
const isPickle = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x80 && bytes[1] !== undefined && bytes[1] >= 2 && bytes[1] <= 5;
