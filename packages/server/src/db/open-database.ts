import { Kysely, PostgresDialect, type PostgresPoolClient } from "kysely";
import pg from "pg";
import { type Logger, silentLogger } from "../kernel/logger.ts";
import { backoffMs } from "../kernel/retry.ts";
import { sleep } from "../kernel/time.ts";
import { clientConfig, type DatabaseAddress, describeAddress } from "./connection.ts";
import { isServerAway, isStaleStatement, wrapDatabaseError } from "./database-errors.ts";
import { createListener, type Listener } from "./listener.ts";
import { createNotifier, type Notifier } from "./notifier.ts";
import { preparedName } from "./prepared.ts";
import type { Tables } from "./tables.ts";

export interface Database extends Pick<Listener, "listen">, Pick<Notifier, "notify"> {
  readonly kysely: Kysely<Tables>;
  /** For what needs connections beside the pool. */
  readonly address: DatabaseAddress;
  /** For what Kysely cannot say, such as COPY; its errors are not wrapped. */
  readonly pool: pg.Pool;
  /** Sends waiting hints, then ends all connections. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly poolSize?: number;
  readonly applicationName?: string;
  readonly statementTimeoutMs?: number;
  /** How long a statement waits for a server that restarts before it fails with `database.unavailable`. */
  readonly patienceMs?: number;
  readonly log?: Logger;
}

/** Connects lazily: a wrong address shows at the first statement. */
export function openDatabase(address: DatabaseAddress, options: DatabaseOptions = {}): Database {
  const {
    poolSize = 10,
    applicationName = "pave",
    statementTimeoutMs = 30_000,
    patienceMs = 5_000,
    log = silentLogger,
  } = options;
  const config = clientConfig(address, { applicationName, statementTimeoutMs });
  const place = describeAddress(address);
  const pool = new pg.Pool({ ...config, max: poolSize, idleTimeoutMillis: 60_000 });
  // Without listeners, a connection that the server ends would end this process: the pool's for idle connections, the
  // client's for those between two statements of a transaction.
  const note = (error: Error): void => log.debug({ error: error.message }, "a database connection ended");
  pool.on("error", note);
  pool.on("connect", (client) => client.on("error", note));
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: patientPool(pool, place, patienceMs) }) });
  const notifier = createNotifier(pool, log);
  const listener = createListener({
    config: { ...config, application_name: `${applicationName} listener`, statement_timeout: 0 },
    place,
    patienceMs,
    log,
  });
  return {
    address,
    kysely,
    pool,
    listen: listener.listen,
    notify: notifier.notify,
    async close() {
      await notifier.close();
      await listener.close();
      // The pool is ours, so Kysely has nothing of its own to end.
      if (!pool.ended) await pool.end();
    },
  };
}

/** The pool as Kysely sees it: waits for a server that is away for a moment, and wraps errors of the connection. */
function patientPool(pool: pg.Pool, place: string, patienceMs: number) {
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const connect = async (): Promise<pg.PoolClient> => {
    const deadline = Date.now() + patienceMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await pool.connect();
      } catch (error) {
        if (!isServerAway(error) || Date.now() >= deadline) throw wrapDatabaseError(error, place);
        await sleep(backoffMs(attempt, { baseMs: 20, maxMs: 500 }));
      }
    }
  };
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect(): Promise<PostgresPoolClient> {
      const client = await connect();
      const known = wrapped.get(client) ?? wrapClient(client, place);
      wrapped.set(client, known);
      return known;
    },
  };
}

/**
 * So long a kept plan is good. One that was made while a table was small reads it from end to end, and PostgreSQL makes
 * another only once the table was analyzed, a minute after it grew.
 */
const planAgeMs = 5000;

function wrapClient(client: pg.PoolClient, place: string): PostgresPoolClient {
  let broken = false;
  let plannedAt = Date.now();
  const ask = async (text: string, values: unknown[]) => {
    const name = preparedName(text);
    if (name === undefined) return client.query(text, values);
    try {
      if (Date.now() - plannedAt > planAgeMs) {
        plannedAt = Date.now();
        await client.query("discard plans");
      }
      return await client.query({ name, text, values });
    } catch (error) {
      if (!isStaleStatement(error)) throw error;
      // the connection would go on with it: it goes, and this once the statement is planned anew
      broken = true;
      return await client.query(text, values).catch(() => Promise.reject(error));
    }
  };
  const query = async (text: string, values: unknown[]) => {
    try {
      return await ask(text, values);
    } catch (error) {
      // The server says goodbye before the socket closes; in between, the pool would hand the connection out again.
      broken ||= isServerAway(error);
      throw wrapDatabaseError(error, place);
    }
  };
  const release = (destroy = false): void => client.release(destroy || broken);
  return { query, release } as unknown as PostgresPoolClient;
}
