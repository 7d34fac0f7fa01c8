import type { Readable } from "node:stream";

/**
 * The bytes of a request. Who stops before their end leaves the rest to be read away: else the connection would be cut,
 * and a client that is still sending would hear of that and never of the answer.
 */
export async function* readOrDrain(stream: Readable): AsyncGenerator<Uint8Array> {
  let isAtEnd = false;
  try {
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    isAtEnd = true;
  } finally {
    if (!isAtEnd && !stream.destroyed) stream.resume();
  }
}
