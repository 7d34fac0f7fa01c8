/** Bytes of a text file, gzipped or not: content-addressed files have no ending to go by. */
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { constants, createGunzip, gunzipSync } from "node:zlib";

export interface Head {
  readonly bytes: Buffer;
  readonly isGzipped: boolean;
}

/** The first bytes, unpacked. */
export function readHead(path: string, size: number): Head {
  const bytes = readStart(path, size);
  if (!isGzip(bytes)) return { bytes, isGzipped: false };
  // Z_SYNC_FLUSH: a head is a stream that is cut off, give what there is.
  return { bytes: gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }), isGzipped: true };
}

export function openBytes(path: string): Readable {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  return isGzip(readStart(path, 2)) ? file.pipe(createGunzip()) : file;
}

function readStart(path: string, size: number): Buffer {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(size);
    return buffer.subarray(0, readSync(file, buffer, 0, size, 0));
  } finally {
    closeSync(file);
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
