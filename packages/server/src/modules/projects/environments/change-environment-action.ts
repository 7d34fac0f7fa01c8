import type { EnvironmentSpec } from "@pave/contract";
import { type Ctx, inTransaction } from "../../../db/context.ts";
import { must, PaveError } from "../../../kernel/pave-error.ts";
import { hasEvent, recordEvent } from "../../ledger/index.ts";
import type { ActionHandler, PlanRow } from "../../plans/index.ts";
import type { GateCheck } from "../check/check-references.ts";
import { type EnvironmentAsked, readEnvironment } from "./environment-planner.ts";
import { deleteEnvironment, type EnvironmentRow, findEnvironments, lockEnvironments } from "./environments-store.ts";
import { writeEnvironment } from "./write-environment.ts";

/**
 * Puts the planned rules in force: one transaction with its event, which also tells a call after a crash that it is done.
 * Refuses where the environment has moved since the plan began to be applied, so no change overwrites another unseen.
 */
export function changeEnvironmentAction(deps: { readonly checkGate: GateCheck }): ActionHandler {
  return {
    async apply(ctx, { plan, action, memo, remember }) {
      const { yaml: source } = plan.asked as unknown as EnvironmentAsked;
      if (memo === null) {
        const [before] = await findEnvironments(ctx, plan.environment);
        await remember({ source: before?.source ?? "" });
      }
      await inTransaction(ctx, async (ctx) => {
        if (await isTold(ctx, "environment.changed", plan)) return;
        const known = await lockEnvironments(ctx);
        assertVersion(plan, known, versionBefore(plan));
        // the others may follow each other in another order by now
        readEnvironment(source, plan.environment, known, deps.checkGate);
        await writeEnvironment(ctx, {
          type: "environment.changed",
          spec: action.after as EnvironmentSpec,
          source,
          plan,
        });
      });
      return { state: "done" };
    },

    async undo(ctx, { plan, action, memo }) {
      const before = action.before as EnvironmentSpec | null;
      await inTransaction(ctx, async (ctx) => {
        if (!(await isTold(ctx, "environment.changed", plan)) || (await isTold(ctx, "environment.restored", plan)))
          return;
        assertVersion(plan, await lockEnvironments(ctx), before ? String(Number(versionBefore(plan)) + 1) : "1");
        if (before) {
          const source = String(memo?.source ?? "");
          await writeEnvironment(ctx, { type: "environment.restored", spec: before, source, plan });
        } else {
          await deleteEnvironment(ctx, plan.environment);
          const data = { name: plan.environment, plan: plan.number };
          await recordEvent(ctx, { type: "environment.restored", ...subjectOf(plan), planHash: plan.hash, data });
        }
      });
      return { state: "done" };
    },
  };
}

const subjectOf = ({ environment, id }: PlanRow) => ({
  subjectType: "environment",
  subjectId: environment,
  causeId: id,
});

const isTold = (ctx: Ctx, type: string, plan: PlanRow): Promise<boolean> => hasEvent(ctx, { type, ...subjectOf(plan) });

/** `none` where the plan creates the environment. */
const versionBefore = ({ reads }: PlanRow): string => must(reads[0], "what the plan read").version;

function assertVersion({ environment }: PlanRow, known: readonly EnvironmentRow[], expected: string): void {
  const found = String(known.find(({ name }) => name === environment)?.version ?? "none");
  if (found === expected) return;
  throw new PaveError("plan.stale", `environment ${environment}: expected version ${expected}, found ${found}`, {
    fix: "Make a new plan.",
  });
}
