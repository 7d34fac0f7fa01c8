import { type Ctx, inTransaction } from "../../db/context.ts";
import { recordEvent } from "../ledger/index.ts";
import { type ActionHandler, type ActionStep, withProject } from "../plans/index.ts";
import type { Provisioner, ResourceType, WantedResource } from "./provisioner.ts";
import { deleteResource, putResource } from "./resource-store.ts";

interface Made {
  readonly class: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, number>>;
}

/** Applies and undoes `provision` actions. The resource's row is written in the transaction that makes it. */
export function provisionAction(provisioner: Provisioner): ActionHandler {
  const record = (ctx: Ctx, step: ActionStep, type: string, resource: Made) =>
    recordEvent(ctx, {
      type,
      subjectType: "resource",
      subjectId: step.action.subject,
      projectId: step.plan.projectId,
      planHash: step.plan.hash,
      data: { class: resource.class, outputs: resource.outputs },
    });

  return {
    async apply(ctx, step) {
      const resource = step.action.after as Made;
      const wanted = wantedOf(step, resource);
      await inTransaction(ctx, async (ctx) => {
        await provisioner.apply(ctx, wanted, step.signal);
        await putResource(ctx, wanted, { provider: provisioner.name, outputs: resource.outputs, planId: step.plan.id });
        await record(ctx, step, "resource.provisioned", resource);
      });
      return { state: "done", result: { ...resource.outputs } };
    },

    async undo(ctx, step) {
      const before = step.action.before as Made | null;
      const resource = step.action.after as Made;
      await inTransaction(ctx, async (ctx) => {
        if (before)
          await putResource(ctx, wantedOf(step, before), {
            provider: provisioner.name,
            outputs: before.outputs,
            planId: null,
          });
        else {
          await provisioner.undo(ctx, wantedOf(step, resource), step.signal);
          await deleteResource(ctx, wantedOf(step, resource));
        }
        await record(ctx, step, "resource.withdrawn", resource);
      });
      return { state: "done" };
    },
  };
}

function wantedOf({ plan, action }: ActionStep, resource: Made): WantedResource {
  const [, type = "", name = ""] = action.id.split(".");
  const { projectId, project, environment } = withProject(plan);
  return {
    projectId,
    project,
    environment,
    type: type as ResourceType,
    name,
    class: resource.class,
    limits: resource.limits ?? {},
  };
}
