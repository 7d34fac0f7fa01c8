import type { Ctx } from "../../db/context.ts";

/** Wakes the reconciler of runs. A hint: it also looks every few seconds. */
export const runsChannel = "pave_runs";

/** After the commit, so that the reconciler sees what was written. */
export const wakeReconciler = (ctx: Ctx): void => ctx.afterCommit(() => ctx.database.notify(runsChannel));
