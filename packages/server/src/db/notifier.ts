/*
 * NOTIFY as a hint: "something about this changed, read again". PostgreSQL takes one global lock per notifying commit,
 * so hints are sent after commit, outside of any transaction, at most once per channel in 10 ms, with their payloads
 * deduplicated. A crash may lose a hint; whoever listens also reads every few seconds.
 */
import type pg from "pg";
import type { Logger } from "../kernel/logger.ts";
import { messageOf } from "../kernel/pave-error.ts";

export interface Notifier {
  /** Never throws, never waits. Call it after the commit; `inTransaction` does. */
  notify(channel: string, payload?: string): void;
  /** Sends what waits, then stops. */
  close(): Promise<void>;
}

const intervalMs = 10;
/** PostgreSQL refuses payloads of 8000 bytes. */
const maxPayloadBytes = 7000;

export function createNotifier(pool: pg.Pool, log: Logger): Notifier {
  const waiting = new Map<string, Set<string>>();
  let timer: NodeJS.Timeout | undefined;
  let lastSentAt = Number.NEGATIVE_INFINITY;
  let sending: Promise<void> = Promise.resolve();
  let closed = false;

  const send = (): void => {
    timer = undefined;
    // Timers count whole milliseconds and may be up to two early.
    if (!closed && lastSentAt + intervalMs > performance.now()) {
      sendLater();
      return;
    }
    lastSentAt = performance.now();
    const messages = [...waiting].flatMap(([channel, payloads]) =>
      packPayloads([...payloads]).map((text) => [channel, text] as const),
    );
    waiting.clear();
    if (messages.length === 0) return;
    const channels = messages.map(([channel]) => channel);
    const texts = messages.map(([, text]) => text);
    sending = sending.then(async () => {
      try {
        await pool.query(
          "select pg_notify(hint.channel, hint.payload) from unnest($1::text[], $2::text[]) as hint(channel, payload)",
          [channels, texts],
        );
      } catch (error) {
        log.debug({ channels, error: messageOf(error) }, "hints were not sent");
      }
    });
  };

  const sendLater = (): void => {
    timer ??= setTimeout(send, Math.ceil(Math.max(0, lastSentAt + intervalMs - performance.now())));
  };

  return {
    notify(channel, payload = "") {
      if (closed) return;
      const payloads = waiting.get(channel) ?? new Set();
      waiting.set(channel, payloads.add(payload));
      sendLater();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      send();
      await sending;
    },
  };
}

/** JSON arrays of payloads, each short enough for one NOTIFY. A payload that is too long on its own becomes "". */
export function packPayloads(payloads: readonly string[]): string[] {
  const packed: string[] = [];
  let current: string[] = [];
  let bytes = 2;
  for (const payload of payloads) {
    const size = Buffer.byteLength(JSON.stringify(payload)) + 1;
    const fitting = size > maxPayloadBytes - 2 ? "" : payload;
    const fittingSize = fitting === payload ? size : 3;
    if (current.length > 0 && bytes + fittingSize > maxPayloadBytes) {
      packed.push(JSON.stringify(current));
      current = [];
      bytes = 2;
    }
    current.push(fitting);
    bytes += fittingSize;
  }
  if (current.length > 0) packed.push(JSON.stringify(current));
  return packed;
}
