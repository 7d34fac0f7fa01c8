import pg from "pg";
import type { Logger } from "../kernel/logger.ts";
import { messageOf } from "../kernel/pave-error.ts";
import { backoffMs } from "../kernel/retry.ts";
import { sleep } from "../kernel/time.ts";
import { isServerAway, wrapDatabaseError } from "./database-errors.ts";

type HintHandler = (payloads: readonly string[]) => void;

export interface Listener {
  /**
   * Resolves once the server listens; gives a function that ends the subscription. `onReconnect` is called after an
   * interruption, because hints may have been missed: read again.
   */
  listen(channel: string, handler: HintHandler, onReconnect?: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface Subscription {
  readonly handler: HintHandler;
  readonly onReconnect: (() => void) | undefined;
}

export interface ListenerOptions {
  readonly config: pg.ClientConfig;
  /** Of the server, for messages. */
  readonly place: string;
  /** How long the first `listen` waits for a server that is away; later ones wait until it is back. */
  readonly patienceMs: number;
  readonly log: Logger;
}

/** One connection for all channels of a process, opened at the first `listen` and again whenever it breaks. */
export function createListener({ config, place, patienceMs, log }: ListenerOptions): Listener {
  const channels = new Map<string, Set<Subscription>>();
  const closing = new AbortController();
  /** The connection in use or being made; undefined before the first `listen` and after `close`. */
  let connection: Promise<pg.Client | undefined> | undefined;

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(config);
    client.on("notification", ({ channel, payload }) => deliver(channel, payload ?? ""));
    client.on("error", (error) => log.debug({ error: error.message }, "the listening connection broke"));
    try {
      await client.connect();
      for (const channel of channels.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    client.once("end", () => {
      if (!closing.signal.aborted) connection = reconnect();
    });
    return client;
  };

  const connectFirst = async (): Promise<pg.Client> => {
    const deadline = Date.now() + patienceMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await connect();
      } catch (error) {
        if (isServerAway(error) && Date.now() < deadline && !closing.signal.aborted) {
          await sleep(backoffMs(attempt, { baseMs: 20, maxMs: 500 }), closing.signal);
          continue;
        }
        connection = undefined;
        throw wrapDatabaseError(error, place);
      }
    }
  };

  const reconnect = async (): Promise<pg.Client | undefined> => {
    for (let attempt = 1; !closing.signal.aborted; attempt += 1) {
      await sleep(backoffMs(attempt, { baseMs: 20, maxMs: 5_000 }), closing.signal);
      try {
        const client = await connect();
        for (const { onReconnect } of [...channels.values()].flatMap((subscriptions) => [...subscriptions]))
          onReconnect?.();
        return client;
      } catch (error) {
        log.debug({ attempt, error: messageOf(error) }, "cannot listen to the database yet");
      }
    }
    return undefined;
  };

  const deliver = (channel: string, text: string): void => {
    const payloads = parsePayloads(text);
    for (const { handler } of channels.get(channel) ?? []) {
      try {
        handler(payloads);
      } catch (error) {
        log.error({ channel, error: messageOf(error) }, "a handler of database hints failed");
      }
    }
  };

  let said: Promise<unknown> = Promise.resolve();
  /**
   * One after another: a connection does one thing at a time. When it breaks under one, the next connection says it
   * again: it goes through all channels.
   */
  const say = (verb: "listen" | "unlisten", channel: string): void => {
    said = said
      .then(async () => (await connection)?.query(`${verb} ${pg.escapeIdentifier(channel)}`))
      .catch(() => undefined);
  };

  return {
    async listen(channel, handler, onReconnect) {
      const subscription: Subscription = { handler, onReconnect };
      const subscriptions = channels.get(channel) ?? new Set();
      const isNew = subscriptions.size === 0;
      channels.set(channel, subscriptions.add(subscription));
      connection ??= connectFirst();
      await connection;
      if (isNew) say("listen", channel);
      await said;
      return async () => {
        subscriptions.delete(subscription);
        if (subscriptions.size > 0 || channels.get(channel) !== subscriptions) return;
        channels.delete(channel);
        say("unlisten", channel);
        await said;
      };
    },
    async close() {
      closing.abort();
      channels.clear();
      await (await connection?.catch(() => undefined))?.end().catch(() => undefined);
    },
  };
}

/** Hints of Pave are JSON arrays; anything else, such as a hint typed by hand, is one payload. */
function parsePayloads(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  } catch {
    // Not JSON.
  }
  return [text];
}
