import { asActor, type Ctx } from "../db/context.ts";
import { systemActor } from "../kernel/actor.ts";
import { must } from "../kernel/pave-error.ts";
import type { Work, WorkHandler, WorkResult } from "./work.ts";
import * as store from "./work-store.ts";

/** By the kind of owner. */
export type Handlers = ReadonlyMap<string, WorkHandler>;

export const handlerOf = (handlers: Handlers, work: Work): WorkHandler =>
  must(handlers.get(work.ownerKind), `the handler of work for ${work.ownerKind}`);

/** Ends work of which the row is locked; its owner hears of it in the same transaction. */
export async function endWork(
  ctx: Ctx,
  handlers: Handlers,
  work: Work,
  result: WorkResult,
  fence = work.fence,
): Promise<void> {
  const state = result.outcome === "cancelled" ? "cancelled" : "done";
  await store.endWork(ctx, work.id, { state, fence, result });
  await handlerOf(handlers, work).finished(asActor(ctx, systemActor), work, result);
}

export type ServerEnd = Pick<WorkResult, "outcome" | "reason" | "message">;

export const cancelledEnd: ServerEnd = { outcome: "cancelled", reason: "cancelled", message: null };

/** The end of work that no runner told. The fence grows, so that a runner that comes back hears that it is lost. */
export function endByServer(ctx: Ctx, handlers: Handlers, work: Work, end: ServerEnd): Promise<void> {
  const result: WorkResult = {
    ...end,
    exitCode: null,
    signal: null,
    startedAt: null,
    finishedAt: ctx.clock.now().toISOString(),
    usage: null,
    outputs: [],
    metrics: {},
    pythonEnvironment: null,
    check: null,
  };
  return endWork(ctx, handlers, work, result, work.fence + 1);
}
