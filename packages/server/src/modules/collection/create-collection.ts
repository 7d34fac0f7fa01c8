import type { Collection } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { dropLease, takeLease } from "../../db/leases.ts";
import { isPaveError, messageOf } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { type CollectionArtifacts, look, type nothingRemoved, step } from "./collect.ts";
import { changeCollection, insertCollection, lastScheduled, nextCollection } from "./collections-store.ts";

export interface CollectionOptions {
  readonly artifacts: CollectionArtifacts;
  /** How long what was deleted stays where a project says nothing. */
  readonly deletedDays: number;
  readonly schedule: "daily" | "off";
  /** Names this process among all workers. */
  readonly holder: string;
}

/** Told on this channel, a worker looks at once. */
export const collectionChannel = "pave_collection";
const lease = "collection";
const leaseMs = 600_000;
/** Looking through a large database may take longer than the lease. */
const renewMs = 60_000;
/** A round works so long at most, so that a worker that is to stop does not wait. */
const roundMs = 2_000;
const dayMs = 86_400_000;

export type CollectionModule = ReturnType<typeof createCollection>;

export function createCollection(options: CollectionOptions) {
  const { holder } = options;
  return {
    deletedDays: options.deletedDays,
    /** One round of the worker. */
    async tick(ctx: Ctx): Promise<void> {
      if (!(await takeLease(ctx, lease, holder, leaseMs))) return;
      let renewed: Promise<unknown> = Promise.resolve();
      const renewing = setInterval(() => {
        renewed = takeLease(ctx, lease, holder, leaseMs).catch(() => undefined);
      }, renewMs).unref();
      try {
        if (options.schedule === "daily") await askForDue(ctx);
        const collection = await nextCollection(ctx);
        if (collection) await goOn(ctx, options, collection);
      } finally {
        clearInterval(renewing);
        await renewed;
        await dropLease(ctx, lease, holder);
      }
    },
  };
}

/** A platform of less than a day has nothing that could go. */
async function askForDue(ctx: Ctx): Promise<void> {
  const yesterday = new Date(ctx.clock.now().getTime() - dayMs);
  const last = await lastScheduled(ctx);
  if (last && last > yesterday) return;
  const old = await ctx.db.selectFrom("projects").select("id").where("created_at", "<", yesterday).limit(1).execute();
  if (old.length > 0) await insertCollection(ctx, { kind: "scheduled", requestedBy: null });
}

async function goOn(ctx: Ctx, options: CollectionOptions, collection: Collection): Promise<void> {
  const startedAt = collection.startedAt ? new Date(collection.startedAt) : ctx.clock.now();
  const rules = { now: startedAt, deletedDays: options.deletedDays };
  const { id } = collection;
  try {
    if (collection.state === "requested") await changeCollection(ctx, id, { state: "running", startedAt });
    if (collection.kind === "dry-run") {
      const found = await look(ctx, options.artifacts, rules);
      return await changeCollection(ctx, id, { state: "succeeded", found, finishedAt: ctx.clock.now() });
    }
    let { progress, removed } = collection;
    const until = performance.now() + roundMs;
    while (performance.now() < until) {
      const { phase, removed: now, waits } = await step(ctx, options.artifacts, rules, { progress, removed });
      [progress, removed] = [phase, now];
      if (phase === "done") return await end(ctx, collection, now);
      await changeCollection(ctx, id, { progress, removed });
      if (waits) return;
    }
    ctx.database.notify(collectionChannel);
  } catch (error) {
    const failure = isPaveError(error)
      ? { message: error.message, fix: error.fix ?? null }
      : {
          message: messageOf(error),
          fix: "Look into the worker's log, and ask for it again: it goes on where it stopped",
        };
    await changeCollection(ctx, id, { state: "failed", error: failure, finishedAt: ctx.clock.now() });
    ctx.log.error(
      { collection: id, error: error instanceof Error ? error.stack : String(error) },
      "a collection failed",
    );
  }
}

async function end(ctx: Ctx, collection: Collection, removed: typeof nothingRemoved): Promise<void> {
  await changeCollection(ctx, collection.id, {
    ...{ state: "succeeded", progress: null, removed },
    finishedAt: ctx.clock.now(),
  });
  const isNothing = Object.values(removed).every((count) => count === 0);
  if (collection.kind === "scheduled" && isNothing) return; // every day that nothing happened is no fact
  await recordEvent(ctx, {
    type: "collection.finished",
    subjectType: "collection",
    subjectId: collection.id,
    data: { kind: collection.kind, requestedBy: collection.requestedBy, ...removed },
  });
}
