import { addAbortSignal, Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { S3Bucket } from "./s3-bucket.ts";

/** The least that S3 takes for a part; 10,000 of them are 48 GiB. */
const partBytes = 5 * 2 ** 20;

/**
 * Puts bytes of unknown length under a key while they come. At most three parts are in memory: one is filled while two
 * are on their way. Each part goes with a checksum that the store compares. When it fails nothing is left behind.
 */
export async function uploadStream(
  at: S3Bucket,
  key: string,
  bytes: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const place = { Bucket: at.bucket, Key: key };
  const source = Readable.from(bytes, { objectMode: false });
  const parts = partsOf(signal ? addAbortSignal(signal, source) : source);
  let uploadId: string | undefined;
  const underway = new Set<Promise<void>>();
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  try {
    const first = await parts.next();
    if (first.done || first.value.isLast) {
      const body = first.done ? Buffer.alloc(0) : first.value.bytes;
      await at.client.send(new PutObjectCommand({ ...place, Body: body }), { abortSignal: at.deadline(signal) });
      return;
    }
    const created = await at.client.send(new CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm: "CRC32" }), {
      abortSignal: at.deadline(signal),
    });
    const upload = { ...place, UploadId: created.UploadId };
    uploadId = created.UploadId;
    const done: { PartNumber: number; ETag: string | undefined; ChecksumCRC32?: string | undefined }[] = [];
    const send = async (number: number, { bytes, release }: Part): Promise<void> => {
      const part = new UploadPartCommand({ ...upload, PartNumber: number, Body: bytes, ChecksumAlgorithm: "CRC32" });
      const { ETag, ChecksumCRC32 } = await at.client.send(part, { abortSignal: at.deadline(stop) });
      done.push({ PartNumber: number, ETag, ...(ChecksumCRC32 ? { ChecksumCRC32 } : {}) });
      release();
    };
    let number = 0;
    for (let next: IteratorResult<Part> = first; !next.done; next = await parts.next()) {
      number += 1;
      const sending: Promise<void> = send(number, next.value).finally(() => underway.delete(sending));
      sending.catch((error: unknown) => failed.abort(error));
      underway.add(sending);
      if (underway.size >= 2) await Promise.race(underway);
      failed.signal.throwIfAborted();
    }
    await Promise.all(underway);
    failed.signal.throwIfAborted();
    await at.client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: done.sort((a, b) => a.PartNumber - b.PartNumber) },
      }),
      { abortSignal: at.deadline(signal) },
    );
  } catch (error) {
    failed.abort(error);
    source.destroy();
    await Promise.allSettled(underway);
    await dropUpload(at, key, uploadId);
    throw error;
  }
}

/** Best effort, and quickly: what stays is found by the sweep of unfinished uploads. */
async function dropUpload(at: S3Bucket, key: string, uploadId: string | undefined): Promise<void> {
  const place = { Bucket: at.bucket, Key: key };
  const options = { abortSignal: AbortSignal.timeout(10_000) };
  if (uploadId !== undefined)
    await at.client
      .send(new AbortMultipartUploadCommand({ ...place, UploadId: uploadId }), options)
      .catch(() => undefined);
  // a put, or the end of an upload, may have arrived although its answer did not
  await at.client.send(new DeleteObjectCommand(place), options).catch(() => undefined);
}

interface Part {
  readonly bytes: Buffer;
  readonly isLast: boolean;
  /** Its memory may be written anew. */
  release(): void;
}

const firstBytes = 64 * 2 ** 10;

/** Cuts a stream into parts of one size, the last of which may be smaller, in memory that is used again. */
async function* partsOf(source: Readable): AsyncGenerator<Part> {
  const free: Buffer[] = [];
  // most files are small: memory for a whole part is taken when there is one
  let memory: Buffer = Buffer.allocUnsafe(firstBytes);
  let filled = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let rest = chunk;
    while (rest.byteLength > 0) {
      if (filled === partBytes) {
        const full = memory;
        yield { bytes: full, isLast: false, release: () => void free.push(full) };
        memory = free.pop() ?? Buffer.allocUnsafeSlow(partBytes);
        filled = 0;
      }
      if (filled === memory.byteLength) memory = grown(memory);
      const taken = rest.copy(memory, filled);
      filled += taken;
      rest = rest.subarray(taken);
    }
  }
  yield { bytes: memory.subarray(0, filled), isLast: true, release: () => undefined };
}

function grown(memory: Buffer): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.min(partBytes, memory.byteLength * 4));
  memory.copy(larger);
  return larger;
}
