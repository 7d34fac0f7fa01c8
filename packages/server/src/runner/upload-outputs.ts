import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { OutputManifest } from "@pave/contract";
import { messageOf } from "../kernel/pave-error.ts";
import { backoffMs } from "../kernel/retry.ts";
import { sleep } from "../kernel/time.ts";
import { isLost, isRefused } from "./api-errors.ts";
import type { Attempt } from "./attempt/attempt.ts";
import { AttemptError } from "./attempt/attempt-error.ts";
import type { CollectedFile, CollectedOutput } from "./collect-outputs.ts";
import type { Host } from "./host.ts";

const batchFiles = 500;
const parallelPuts = 4;
const parallelReads = 8;

/**
 * Hashes every file, uploads what the store lacks, and gives the manifests. Keeps trying while the API cannot be
 * reached: the step's work is done and must not be lost.
 */
export async function uploadOutputs(
  host: Host,
  attempt: Attempt,
  outputs: readonly CollectedOutput[],
): Promise<OutputManifest[]> {
  const sources = new Map<string, { source: string; size: number }>();
  const manifests: OutputManifest[] = [];
  for (const { files, ...output } of outputs) {
    const hashed = await inParallel(files, parallelReads, withDigest);
    for (const { digest, size, source } of hashed) sources.set(digest, { source, size });
    manifests.push({
      ...output,
      files: hashed.map(({ path, digest, size, executable }) => ({ path, digest, size, executable })),
    });
  }
  const wanted = [...sources].map(([digest, { size }]) => ({ digest, size }));
  for (let start = 0; start < wanted.length; start += batchFiles) {
    await uploadBatch(host, attempt, wanted.slice(start, start + batchFiles), sources);
  }
  return manifests;
}

async function withDigest(file: CollectedFile): Promise<CollectedFile & { digest: string }> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file.source), hash);
  return { ...file, digest: `sha256:${hash.digest("hex")}` };
}

type Sources = ReadonlyMap<string, { source: string; size: number }>;

/** Signed URLs live shortly, so each try asks again; by then the store has what the last try brought. */
async function uploadBatch(
  host: Host,
  attempt: Attempt,
  files: { digest: string; size: number }[],
  sources: Sources,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const body = { fence: attempt.fence, files };
      const answer = await host.api.uploadWorkOutputs(
        { params: { work: attempt.workId }, body },
        { signal: attempt.left },
      );
      const missing = answer.uploads.filter((upload) => upload.url !== null);
      await inParallel(missing, parallelPuts, async ({ digest, url }) => {
        const file = sources.get(digest);
        if (file && url !== null) await put(new URL(url, host.apiUrl), file.source, attempt.left);
      });
      return;
    } catch (error) {
      attempt.throwIfLeft();
      if (isRefused(error) && !isLost(error))
        throw new AttemptError("infra", `the outputs could not be uploaded: ${error.message}`);
      if (error instanceof AttemptError) throw error;
      attempt.logger.warn({ error: messageOf(error), tries }, "uploading outputs failed, trying again");
      await sleep(backoffMs(tries, { maxMs: 5_000 }), attempt.left);
      attempt.throwIfLeft();
    }
  }
}

async function put(url: URL, source: string, signal: AbortSignal): Promise<void> {
  const body = await openAsBlob(source);
  const response = await fetch(url, {
    method: "PUT",
    body,
    headers: { "content-type": "application/octet-stream" },
    signal,
  });
  const text = await response.text();
  if (response.ok) return;
  const message = `the store answered ${response.status} to an upload: ${text.slice(0, 300)}`;
  // something between here and the store takes less than the store does; running the step again changes nothing
  if (response.status === 413) throw new AttemptError("invalid-output", message);
  if (response.status === 422) throw new AttemptError("infra", message);
  throw new Error(message);
}

/** Results in the order of `items`. */
async function inParallel<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
