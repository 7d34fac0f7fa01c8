import type { Readable } from "node:stream";

/** First and last byte, both included, as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where bytes lie. Keys are made up by the store; what a key holds, and whether it still does, is the business of the
 * blob rows above it. All stores pass `artifact-store.suite.ts`.
 */
export interface ArtifactStore {
  /** Recorded with every blob. */
  readonly name: string;
  /** A key that nothing has, for who must write it down before anything lies under it. */
  newKey(): string;
  /**
   * Writes to a new key, or to that one, and tells which; the bytes survive a power cut once it resolves. When it fails
   * nothing is left behind.
   */
  put(
    bytes: AsyncIterable<Uint8Array>,
    options?: { readonly key?: string; readonly signal?: AbortSignal | undefined },
  ): Promise<string>;
  /** Undefined when there is nothing under the key. */
  get(key: string, range?: ByteRange): Promise<Readable | undefined>;
  has(key: string): Promise<boolean>;
  /** Deleting what is not there is fine. */
  delete(key: string): Promise<void>;
}
