import type { WorkPayload } from "@pave/contract";
import type { Ctx } from "../db/context.ts";
import { newId } from "../kernel/ids.ts";
import { workChannel } from "./work.ts";
import { insertWork } from "./work-store.ts";

export interface EnqueueWork {
  /** Who is told of the end: the name under which a handler was registered. */
  readonly ownerKind: string;
  readonly ownerId: string;
  readonly projectId?: string | null;
  /** As the runner gets it; or, where the owner's handler prepares it at the claim, only its kind. */
  readonly payload: WorkPayload | Pick<WorkPayload, "kind">;
  readonly delayMs?: number;
}

/** Puts work in the queue, in the caller's transaction; runners hear of it after the commit, or when it is due. */
export async function enqueueWork(ctx: Ctx, work: EnqueueWork): Promise<string> {
  const id = newId();
  await enqueueAll(ctx, [{ id, ...work }]);
  return id;
}

/** The same for many at once, in a number of queries that does not grow; they are claimed in this order. */
export async function enqueueAll(ctx: Ctx, work: readonly (EnqueueWork & { readonly id: string })[]): Promise<void> {
  await insertWork(
    ctx,
    work.map(({ id, ownerKind, ownerId, projectId = null, payload, delayMs = 0 }) => ({
      id,
      kind: payload.kind,
      ownerKind,
      ownerId,
      projectId,
      payload,
      delayMs,
    })),
  );
  const delays = new Set(work.map(({ delayMs = 0 }) => delayMs));
  for (const delayMs of delays) wakeRunners(ctx, delayMs);
}

export function wakeRunners(ctx: Ctx, delayMs = 0): void {
  const wake = (): void => ctx.database.notify(workChannel);
  ctx.afterCommit(delayMs === 0 ? wake : () => void setTimeout(wake, delayMs + 20).unref());
}
