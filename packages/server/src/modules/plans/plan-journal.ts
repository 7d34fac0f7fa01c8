import { type Ctx, inTransaction } from "../../db/context.ts";
import { dropLease, takeLease } from "../../db/leases.ts";
import { newId } from "../../kernel/ids.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { lockLease, type StepChange, updateStep } from "./journal-store.ts";
import { type PlanEngine, SimulatedCrash } from "./plan-engine.ts";

const leaseMs = 10_000;

/** Another process has taken the plan over; this one stops without a word. */
export class LeaseLost extends Error {}

/** The journal of one plan while its lease is held. Every entry is its own transaction. */
export interface Journal {
  write(position: number, entry: string, change: StepChange): Promise<void>;
  /** The last entry: what it does commits with the lease still held, or not at all. */
  finish(ctx: Ctx, entry: string, fn: (ctx: Ctx) => Promise<void>): Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Runs `fn` while this process alone holds the plan; false when somebody else does. The lease outlives a crash by at
 * most ten seconds, then the next process goes on from the journal.
 */
export async function withJournal(
  engine: PlanEngine,
  ctx: Ctx,
  planId: string,
  fn: (journal: Journal) => Promise<void>,
): Promise<boolean> {
  const lease = { name: `plan/${planId}`, holder: newId() };
  if (!(await takeLease(ctx, lease.name, lease.holder, leaseMs))) return false;
  const lost = new AbortController();
  const renewal = setInterval(() => {
    takeLease(ctx, lease.name, lease.holder, leaseMs)
      .then((held) => held || lost.abort())
      .catch((error: unknown) =>
        ctx.log.warn({ planId, error: messageOf(error) }, "the lease on a plan could not be renewed"),
      );
  }, leaseMs / 3);
  const around = async (entry: string, write: () => Promise<void>): Promise<void> => {
    engine.onJournal?.("before", entry);
    await write();
    engine.onJournal?.("after", entry);
  };
  try {
    await fn({
      signal: lost.signal,
      write: (position, entry, change) =>
        around(entry, async () => {
          if (!(await updateStep(ctx, planId, position, change, lease))) throw new LeaseLost();
        }),
      finish: (ctx, entry, fn) =>
        around(entry, () =>
          inTransaction(ctx, async (ctx) => {
            if (!(await lockLease(ctx, lease))) throw new LeaseLost();
            await fn(ctx);
          }),
        ),
    });
  } catch (error) {
    if (error instanceof SimulatedCrash) throw error;
    await dropLease(ctx, lease.name, lease.holder).catch(() => undefined);
    if (!(error instanceof LeaseLost)) throw error;
    return true;
  } finally {
    clearInterval(renewal);
  }
  await dropLease(ctx, lease.name, lease.holder);
  return true;
}
