import type { IsolationLevel, Transaction } from "kysely";
import { backoffMs } from "../kernel/retry.ts";
import { sleep } from "../kernel/time.ts";
import { isStaleStatement, isTransactionConflict } from "./database-errors.ts";
import type { Database } from "./open-database.ts";
import type { Tables } from "./tables.ts";

/** A transaction in progress. It fits wherever only `kysely` and `notify` of a database are asked for. */
export interface DatabaseTransaction {
  readonly kysely: Transaction<Tables>;
  /** Sends the hint after the commit; nothing is sent when the transaction fails. */
  notify(channel: string, payload?: string): void;
  /** Runs after the commit, once. For hints within the process; work that must happen belongs into a table. */
  afterCommit(action: () => void): void;
}

export interface TransactionOptions {
  readonly isolation?: IsolationLevel;
  /** How often the whole transaction may be run, conflicts with others included. */
  readonly tries?: number;
}

/**
 * Runs `fn` in one transaction. On a serialization failure or deadlock (40001, 40P01), or where a statement that the
 * connection kept is stale, everything, `fn` included, runs again, so `fn` must have no effect outside of the database.
 */
export async function inTransaction<T>(
  database: Database,
  fn: (tx: DatabaseTransaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const { isolation = "read committed", tries = 8 } = options;
  for (let attempt = 1; ; attempt += 1) {
    const actions: (() => void)[] = [];
    try {
      const result = await database.kysely
        .transaction()
        .setIsolationLevel(isolation)
        .execute((kysely) =>
          fn({
            kysely,
            notify: (channel, payload) => actions.push(() => database.notify(channel, payload)),
            afterCommit: (action) => actions.push(action),
          }),
        );
      for (const action of actions) action();
      return result;
    } catch (error) {
      // a kept statement that is not there any more ended the transaction; its connection goes with it
      if (attempt >= tries || !(isTransactionConflict(error) || isStaleStatement(error))) throw error;
      await sleep(backoffMs(attempt, { baseMs: 5, maxMs: 500 }));
    }
  }
}
