import type { FinishBody, SecretEnvironment } from "@pave/contract";
import { asActor, type Ctx, inTransaction } from "../db/context.ts";
import { systemActor } from "../kernel/actor.ts";
import { PaveError } from "../kernel/pave-error.ts";
import { type ClaimResult, type ClaimWork, claimWork } from "./claim-work.ts";
import { cancelledEnd, endByServer, endWork, handlerOf } from "./end-work.ts";
import { wakeRunners } from "./enqueue-work.ts";
import { reapExpiredLeases } from "./reap-leases.ts";
import type { LogChunk, Work, WorkHandler, WorkProgress } from "./work.ts";
import * as store from "./work-store.ts";
import { createWorkWaiter } from "./work-waiter.ts";

/** Names a claim: under any other fence than the row's an answer is refused. */
export interface Held {
  readonly workId: string;
  readonly fence: number;
}

export type HeartbeatItem = Held & WorkProgress;

export interface HeartbeatAnswer {
  readonly workId: string;
  readonly verdict: "continue" | "cancel" | "lost";
  readonly leaseUntil: string;
}

/** Leased work with the handlers of those who own it. */
export interface Jobs {
  /** Registered once at start. */
  on(ownerKind: string, handler: WorkHandler): void;
  claimWork(ctx: Ctx, input: ClaimWork, signal?: AbortSignal): Promise<ClaimResult>;
  /** Notes that a runner is there and how it keeps steps apart. Claiming does it too. */
  seeRunner(ctx: Ctx, input: SeenRunner): Promise<void>;
  heartbeatWork(
    ctx: Ctx,
    input: { readonly runnerId: string; readonly items: readonly HeartbeatItem[] },
  ): Promise<HeartbeatAnswer[]>;
  /** The work, when `fence` is the present claim's. */
  assertHeld(ctx: Ctx, input: Held): Promise<Work>;
  /** What the process of held work is given beside its payload; refused once the work is over. */
  takeSecrets(ctx: Ctx, input: Held): Promise<SecretEnvironment>;
  /** Chunks are kept while the fence is the row's, also shortly after the end: the last lines may come late. */
  appendWorkLogs(ctx: Ctx, input: Held & { readonly chunks: readonly LogChunk[] }): Promise<number>;
  /** The end. The same end told twice is told once; under an old fence it is refused with `work.lease_lost`. */
  finishWork(ctx: Ctx, input: Held & FinishBody): Promise<Pick<Work, "ownerKind" | "ownerId">>;
  /** Work that nobody has ends here; a runner is told to stop and finishes it. Ended work stays as it is. */
  requestCancel(ctx: Ctx, workId: string): Promise<void>;
  /** The worker's loop, every few seconds. */
  reapExpiredLeases(ctx: Ctx): Promise<number>;
  /** Forgets work that ended, and runners that were not seen, for a week; what came of it is with its owner. */
  pruneWork(ctx: Ctx): Promise<void>;
  close(): Promise<void>;
}

type SeenRunner = Pick<ClaimWork, "runnerId" | "isolation" | "cpus" | "pythons">;

const seeRunner = (ctx: Ctx, { runnerId, isolation, cpus, pythons }: SeenRunner): Promise<void> =>
  store.seeRunner(ctx, runnerId, { isolation: isolation ?? null, cpus: cpus ?? null, pythons: pythons ?? null });

/** One per process; all that lasts is in the database. */
export function createJobs(): Jobs {
  const handlers = new Map<string, WorkHandler>();
  const waiter = createWorkWaiter();

  const assertHeld = async (ctx: Ctx, input: Held): Promise<Work> =>
    heldWork(await store.findWork(ctx, input.workId), input);

  return {
    on: (ownerKind, handler) => void handlers.set(ownerKind, handler),
    seeRunner,
    assertHeld,
    reapExpiredLeases: (ctx) => reapExpiredLeases(ctx, handlers),
    pruneWork: (ctx) => store.deleteOld(ctx, 7),
    close: () => waiter.stop(),

    async claimWork(ctx, input, signal) {
      await seeRunner(ctx, input);
      return claimWork(ctx, handlers, waiter, input, signal);
    },

    async heartbeatWork(ctx, { runnerId, items }) {
      const kept = new Map((await store.renewLeases(ctx, runnerId, items)).map((work) => [work.id, work]));
      const answers: HeartbeatAnswer[] = [];
      for (const item of items) {
        const work = kept.get(item.workId);
        if (work && isNews(work, item)) {
          await inTransaction(ctx, async (ctx) => {
            await store.setProgress(ctx, work.id, item);
            await handlerOf(handlers, work).progressed?.(asActor(ctx, systemActor), work, item);
          });
        }
        const verdict = work ? (work.cancelRequested ? "cancel" : "continue") : "lost";
        answers.push({ workId: item.workId, verdict, leaseUntil: (work?.leaseUntil ?? ctx.clock.now()).toISOString() });
      }
      return answers;
    },

    async takeSecrets(ctx, input) {
      const work = await assertHeld(ctx, input);
      if (work.state !== "leased")
        throw new PaveError("work.lease_lost", `Work ${work.id} is ${work.state}`, { fix: "Stop it and forget it" });
      return (await handlerOf(handlers, work).secrets?.(asActor(ctx, systemActor), work)) ?? { env: {}, masks: [] };
    },

    async appendWorkLogs(ctx, input) {
      const work = await assertHeld(ctx, input);
      const logged = handlerOf(handlers, work).logged;
      return logged ? inTransaction(ctx, (ctx) => logged(ctx, work, input.chunks)) : 0;
    },

    async finishWork(ctx, input) {
      const { workId, fence: _, ...result } = input;
      return inTransaction(ctx, async (ctx) => {
        const work = heldWork(await store.lockWork(ctx, workId), input);
        if (work.state !== "done" && work.state !== "cancelled") await endWork(ctx, handlers, work, result);
        return work;
      });
    },

    async requestCancel(ctx, workId) {
      await inTransaction(ctx, async (ctx) => {
        const work = await store.lockWork(ctx, workId);
        if (work?.state === "queued") return endByServer(ctx, handlers, work, cancelledEnd);
        if (work?.state !== "leased" || work.cancelRequested) return;
        await store.markCancelRequested(ctx, workId);
        wakeRunners(ctx);
      });
    },
  };
}

const isNews = (work: Work, item: WorkProgress): boolean =>
  work.progress !== item.state || (item.startedAt !== null && work.startedAt === null);

function heldWork(work: Work | undefined, input: Held): Work {
  if (!work) throw new PaveError("work.not_found", `There is no work ${input.workId}`);
  if (work.fence === input.fence) return work;
  throw new PaveError("work.lease_lost", `Work ${work.id} is at fence ${work.fence}, found ${input.fence}`, {
    fix: "Stop it and forget it: it was given to another runner or has ended",
  });
}
