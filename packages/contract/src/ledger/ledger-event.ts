import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/**
 * The hash chain. Each sealed event's hash covers the hash before it and the event's own canonical JSON (RFC 8785), so
 * an edit, a gap or a swap breaks every hash after it. Signatures say where it ended and when. This folder is all that an
 * offline verifier needs.
 */

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

export const genesisHash = digestOf("pave ledger v1");

/** What is hashed of an event: every column but the database's own (`xid`, `seq`). Times are RFC 3339 with milliseconds. */
export interface SealedContent {
  readonly id: string;
  readonly time: string;
  readonly type: string;
  readonly principalId: string;
  readonly principalKind: string;
  readonly principalName: string;
  readonly actorKind: string;
  readonly teamId: string | null;
  readonly projectId: string | null;
  readonly template: string | null;
  readonly revisionId: string | null;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly causeId: string | null;
  readonly correlationId: string | null;
  readonly planHash: string | null;
  readonly result: string;
  readonly data: unknown;
}

export const sealHash = (previousHash: string, position: number, event: SealedContent): string =>
  digestOf(canonicalize({ previousHash, position, event }) ?? "");

/** The text that a checkpoint's Ed25519 signature covers. */
export const checkpointText = (checkpoint: { position: number; hash: string; time: string; keyId: string }): string =>
  `pave ledger checkpoint v1\n${checkpoint.position}\n${checkpoint.hash}\n${checkpoint.time}\n${checkpoint.keyId}\n`;

/** The text that the Ed25519 signature at the end of an export covers. */
export const endText = (end: {
  events: number;
  checkpoints: number;
  head: string;
  time: string;
  keyId: string;
}): string => `pave ledger end v1\n${end.events}\n${end.checkpoints}\n${end.head}\n${end.time}\n${end.keyId}\n`;
