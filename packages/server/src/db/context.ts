import type { Kysely, Transaction } from "kysely";
import { type Actor, systemActor } from "../kernel/actor.ts";
import { newId } from "../kernel/ids.ts";
import type { Logger } from "../kernel/logger.ts";
import { type Clock, systemClock } from "../kernel/time.ts";
import { inTransaction as runTransaction } from "./in-transaction.ts";
import type { Database } from "./open-database.ts";
import type { Tables } from "./tables.ts";

/** What every use case is handed: where to read and write, who acts, what time it is. */
export interface Ctx {
  readonly db: Kysely<Tables> | Transaction<Tables>;
  readonly database: Database;
  readonly actor: Actor;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ties the events of one request, run or plan together. */
  readonly correlationId: string;
  /** Says that the things under these topics changed. Sent after commit; a hint, never data. */
  hint(...topics: string[]): void;
  /** Runs after the outermost transaction has committed; not at all if it did not. */
  afterCommit(effect: () => void): void;
}

export interface ContextOptions {
  readonly actor?: Actor;
  readonly clock?: Clock;
  readonly log: Logger;
  readonly correlationId?: string;
}

/** The channel of hints for browsers; payloads are topics of the contract. */
export const changesChannel = "pave_changes";

export function createContext(database: Database, options: ContextOptions): Ctx {
  return {
    db: database.kysely,
    database,
    actor: options.actor ?? systemActor,
    clock: options.clock ?? systemClock,
    log: options.log,
    correlationId: options.correlationId ?? newId(),
    hint: (...topics) => {
      for (const topic of topics) database.notify(changesChannel, topic);
    },
    afterCommit: (effect) => effect(),
  };
}

/**
 * Runs `fn` in a transaction; inside one already, joins it. Hints and effects wait for the commit. Tried again on
 * serialization failures and deadlocks, so `fn` must have no effects but on the database and through the context.
 */
export function inTransaction<T>(ctx: Ctx, fn: (ctx: Ctx) => Promise<T>): Promise<T> {
  if (ctx.db.isTransaction) return fn(ctx);
  return runTransaction(ctx.database, (tx) =>
    fn({
      ...ctx,
      db: tx.kysely,
      hint: (...topics) => {
        for (const topic of topics) tx.notify(changesChannel, topic);
      },
      afterCommit: (effect) => tx.afterCommit(effect),
    }),
  );
}

/** The same context with another actor. */
export const asActor = (ctx: Ctx, actor: Actor): Ctx => ({ ...ctx, actor });
