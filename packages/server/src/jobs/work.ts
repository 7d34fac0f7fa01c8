/*
 * Leased work: what runners do. A row of `work` moves like this; `fence` grows with every claim and names the claim.
 *
 *   queued ──claim──▶ leased ──finish──▶ done | cancelled
 *     ▲                 │
 *     └──lease passed───┘   (after `maxClaims` claims: finished as an infrastructure failure instead)
 *
 * A lease that passed means that the runner cannot be reached, not that it failed: until somebody else claims the
 * work (and the fence grows), its holder may renew the lease or finish under the old fence. A finish under any other
 * fence than the row's is refused, so a result counts once, whoever was killed in between.
 * Time is the database's: the clocks of several servers need not agree.
 */
import type { FinishBody, SecretEnvironment, WorkPayload } from "@pave/contract";
import type { Ctx } from "../db/context.ts";

export const leaseSeconds = 15;
export const maxClaims = 3;

/** Wakes runners that wait for work, and those whose work is to be cancelled. */
export const workChannel = "pave_work";

export type WorkState = "queued" | "leased" | "done" | "cancelled";

export interface Work {
  readonly id: string;
  readonly kind: string;
  readonly ownerKind: string;
  readonly ownerId: string;
  readonly projectId: string | null;
  readonly payload: unknown;
  readonly state: WorkState;
  readonly cancelRequested: boolean;
  readonly runnerId: string | null;
  readonly fence: number;
  readonly claims: number;
  readonly progress: string | null;
  readonly leaseUntil: Date | null;
  readonly startedAt: Date | null;
}

export type WorkResult = Omit<FinishBody, "fence">;

export interface WorkProgress {
  readonly state: "preparing" | "running" | "uploading";
  readonly startedAt: string | null;
  readonly note: string | null;
}

export interface LogChunk {
  readonly offset: number;
  readonly time: string;
  readonly stream: "stdout" | "stderr" | "system";
  readonly text: string;
}

/** What the owner of a kind of work does about it. */
export interface WorkHandler {
  /**
   * Makes what the runner gets from the row, at every claim: signed URLs and tokens live shortly and are never at rest.
   * Absent: the payload is sent as it was enqueued.
   */
  prepare?(ctx: Ctx, work: Work): Promise<WorkPayload>;
  /** What the process is given that must stand nowhere, asked for at its start. Absent: it takes none. */
  secrets?(ctx: Ctx, work: Work): Promise<SecretEnvironment>;
  /** The runner tells a new state; not called for heartbeats that say the same again. */
  progressed?(ctx: Ctx, work: Work, progress: WorkProgress): Promise<void>;
  /** Keeps chunks of the log; the same chunk may come twice. Answers the offset that it expects next. */
  logged?(ctx: Ctx, work: Work, chunks: readonly LogChunk[]): Promise<number>;
  /** Called once, in the transaction that ends the work. What it throws undoes the end, so it should not throw. */
  finished(ctx: Ctx, work: Work, result: WorkResult): Promise<void>;
}
