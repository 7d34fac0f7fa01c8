import type { EnvironmentSpec } from "@pave/contract";
import type { Ctx } from "../../../db/context.ts";
import { must } from "../../../kernel/pave-error.ts";
import { recordEvent } from "../../ledger/index.ts";
import type { PlanRow } from "../../plans/index.ts";
import { changedKeys } from "./changed-keys.ts";
import { type EnvironmentRow, findEnvironments, saveEnvironment } from "./environments-store.ts";

/**
 * Puts an environment in force, in the caller's transaction, and tells the ledger. Only the platform's first start does so
 * without a plan.
 */
export async function writeEnvironment(
  ctx: Ctx,
  input: {
    readonly type: "environment.changed" | "environment.restored";
    readonly spec: EnvironmentSpec;
    readonly source: string;
    readonly plan?: Pick<PlanRow, "id" | "number" | "hash">;
  },
): Promise<EnvironmentRow> {
  const { type, spec, source, plan } = input;
  const [before] = await findEnvironments(ctx, spec.name);
  await saveEnvironment(ctx, spec, source);
  const after = must((await findEnvironments(ctx, spec.name))[0], "the environment that was saved");
  await recordEvent(ctx, {
    type,
    subjectType: "environment",
    subjectId: spec.name,
    causeId: plan?.id ?? null,
    planHash: plan?.hash ?? null,
    data: {
      name: spec.name,
      version: after.version,
      changed: before ? changedKeys(before.spec, spec) : ["created"],
      approvals: spec.approvals,
      gates: spec.gates.length,
      ...(plan ? { plan: plan.number } : {}),
    },
  });
  return after;
}
