import type { GateSpec } from "@pave/contract";
import { inTransaction } from "../../db/context.ts";
import { recordEvent } from "../ledger/index.ts";
import { type ActionHandler, withProject } from "../plans/index.ts";
import { deleteRules, putRules } from "./project-rules-store.ts";

/** Puts the gates of a revision in force. Writing them again, after a crash, changes only their version. */
export const changeGatesHandler: ActionHandler = {
  async apply(ctx, step) {
    const { action } = step;
    const plan = withProject(step.plan);
    const gates = action.after as readonly GateSpec[];
    await inTransaction(ctx, async (ctx) => {
      await putRules(ctx, plan, { gates, revisionId: plan.revisionId, planId: plan.id });
      await recordEvent(ctx, {
        type: "gates.changed",
        subjectType: "project",
        subjectId: plan.projectId,
        projectId: plan.projectId,
        revisionId: plan.revisionId,
        planHash: plan.hash,
        data: { environment: plan.environment, before: action.before, after: gates },
      });
    });
    return { state: "done" };
  },

  async undo(ctx, step) {
    const { action } = step;
    const plan = withProject(step.plan);
    const before = action.before as readonly GateSpec[] | null;
    await inTransaction(ctx, async (ctx) => {
      if (before) await putRules(ctx, plan, { gates: before, revisionId: null, planId: plan.id });
      else await deleteRules(ctx, plan);
      await recordEvent(ctx, {
        type: "gates.restored",
        subjectType: "project",
        subjectId: plan.projectId,
        projectId: plan.projectId,
        planHash: plan.hash,
        data: { environment: plan.environment, gates: before },
      });
    });
    return { state: "done" };
  },
};
