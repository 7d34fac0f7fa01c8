import type { Ctx } from "../../db/context.ts";
import { readArtifacts } from "../models/index.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import { type CachedResult, findCached } from "./step-store.ts";

export type FoundResult =
  | { readonly usable: true; readonly result: CachedResult }
  | { readonly usable: false; readonly reason: string };

/** The earlier results under these keys. One is of use only while every byte of its outputs is there. */
export async function findUsableResults(
  deps: PipelinesDeps,
  ctx: Ctx,
  keys: readonly string[],
): Promise<ReadonlyMap<string, FoundResult>> {
  const cached = await findCached(ctx, keys);
  const ids = [...cached.values()].flatMap(({ outputs }) => Object.values(outputs));
  const artifacts = await readArtifacts(ctx, ids);
  const digests = [...artifacts.values()].flatMap(({ files }) => files.map((file) => file.digest));
  const missing = new Set(await deps.artifacts.missingBlobs(ctx, digests));
  const isWhole = (id: string): boolean => artifacts.get(id)?.files.every((file) => !missing.has(file.digest)) ?? false;
  return new Map(
    [...cached].map(([key, result]) => [
      key,
      Object.values(result.outputs).every(isWhole)
        ? { usable: true, result }
        : { usable: false, reason: "files of the earlier result are gone" },
    ]),
  );
}
