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
  /** Throws where the store cannot be reached or refuses; asked for the platform's health, so it waits for seconds at most. */
  check(): Promise<void>;
  /** Where clients can reach the bytes themselves, by addresses that are signed for a while. */
  readonly direct?: DirectAccess;
  /** Removes uploads in parts that nobody has gone on with since; says how many. Of stores that have such. */
  dropUnfinished?(before: Date): Promise<number>;
  close?(): void;
}

/** Addresses for clients. Bytes that came this way are nobody's until they have been hashed. */
export interface DirectAccess {
  /** Do clients reach it without being told by somebody that they can? */
  readonly isAdvertised: boolean;
  readonly lifetimeSeconds: number;
  getUrl(key: string, fileName: string): Promise<string>;
  beginUpload(key: string): Promise<string>;
  partUrl(key: string, uploadId: string, part: number): Promise<string>;
  /** Once more changes nothing. Throws `blob.not_found` where the upload or one of its parts is not there. */
  endUpload(key: string, uploadId: string, parts: readonly UploadedPart[]): Promise<void>;
  /** Ending what is not there is fine. */
  dropUpload(key: string, uploadId: string): Promise<void>;
}

export interface UploadedPart {
  readonly part: number;
  readonly etag: string;
}
