import { type ClaimedWork, type Isolation, type RunnerBounds, workPayloadSchema } from "@pave/contract";
import { asActor, type Ctx, inTransaction } from "../db/context.ts";
import { systemActor } from "../kernel/actor.ts";
import { isPaveError, messageOf, must } from "../kernel/pave-error.ts";
import { endByServer, type Handlers, handlerOf } from "./end-work.ts";
import { leaseSeconds, maxClaims, type Work } from "./work.ts";
import * as store from "./work-store.ts";
import type { WorkWaiter } from "./work-waiter.ts";

/** Runners that wait look again this often without a hint. */
const pollMs = 5000;

export interface ClaimWork {
  readonly runnerId: string;
  readonly isolation?: Isolation;
  readonly bounds?: RunnerBounds | undefined;
  readonly cpus?: number | undefined;
  readonly pythons?: readonly string[] | undefined;
  readonly holding: readonly store.Holding[];
  readonly capacity: number;
  readonly waitSeconds: number;
}

export interface ClaimResult {
  readonly work: readonly ClaimedWork[];
  /** Held work that is another's by now, or over. */
  readonly dropped: readonly string[];
  /** Held work that is to be stopped and finished as cancelled. */
  readonly cancel: readonly string[];
}

/**
 * Hands out work, waiting up to `waitSeconds` for some. Held work is adopted: its lease is renewed, it is never given
 * again. Answers at once when there is something to stop.
 */
export async function claimWork(
  ctx: Ctx,
  handlers: Handlers,
  waiter: WorkWaiter,
  input: ClaimWork,
  signal?: AbortSignal,
): Promise<ClaimResult> {
  await waiter.start(ctx.database);
  const deadline = performance.now() + input.waitSeconds * 1000;
  for (;;) {
    const woken = waiter.next();
    const result = await claimOnce(ctx, handlers, input);
    const remainingMs = deadline - performance.now();
    const isEmpty = result.work.length + result.dropped.length + result.cancel.length === 0;
    if (!isEmpty || remainingMs <= 0 || signal?.aborted) return result;
    await woken.within(Math.min(remainingMs, pollMs), signal);
    if (signal?.aborted) return result;
  }
}

async function claimOnce(ctx: Ctx, handlers: Handlers, input: ClaimWork): Promise<ClaimResult> {
  const { runnerId, holding, capacity } = input;
  const kept = new Set((await store.renewLeases(ctx, runnerId, holding)).map((work) => work.id));
  const dropped = holding.filter((item) => !kept.has(item.workId)).map((item) => item.workId);
  const cancel = await store.findCancelled(ctx, runnerId, holding);
  const claimed = capacity > 0 ? await store.leaseQueued(ctx, runnerId, capacity) : [];
  const prepared = await Promise.all(claimed.map((work) => prepare(ctx, handlers, work)));
  return { work: prepared.filter((item) => item !== undefined), dropped, cancel };
}

/** Undefined when it could not be prepared: then it was ended or put back, and nobody need wait for it. */
async function prepare(ctx: Ctx, handlers: Handlers, work: Work): Promise<ClaimedWork | undefined> {
  try {
    const handler = handlerOf(handlers, work);
    const payload = handler.prepare
      ? await inTransaction(asActor(ctx, systemActor), (ctx) => must(handler.prepare, "prepare")(ctx, work))
      : workPayloadSchema.parse(work.payload);
    const leaseUntil = must(work.leaseUntil, "the lease of claimed work").toISOString();
    return { workId: work.id, fence: work.fence, leaseUntil, leaseSeconds, payload };
  } catch (error) {
    ctx.log.error({ workId: work.id, error: messageOf(error) }, "claimed work could not be prepared");
    await inTransaction(ctx, (ctx) => giveBack(ctx, handlers, work, error));
    return undefined;
  }
}

async function giveBack(ctx: Ctx, handlers: Handlers, claimed: Work, error: unknown): Promise<void> {
  const work = await store.lockWork(ctx, claimed.id);
  if (work?.state !== "leased" || work.fence !== claimed.fence) return;
  const isHopeless = work.claims >= maxClaims || (isPaveError(error) && error.status < 500);
  if (!isHopeless) return store.requeue(ctx, work.id, 2000);
  await endByServer(ctx, handlers, work, { outcome: "failed", reason: "infra", message: messageOf(error) });
}
