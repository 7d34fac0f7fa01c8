import type { Permission } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { can } from "../access/index.ts";

type Verb = "approve" | "apply";

/** What is a permission on a project for its plans is one of the platform's for the platform's. */
export const planPermission = (verb: Verb, projectId: string | null): Permission =>
  projectId === null ? `platform-plan.${verb}` : `plan.${verb}`;

export const mayPlan = (ctx: Ctx, verb: Verb, projectId: string | null): Promise<boolean> =>
  can(ctx, planPermission(verb, projectId), projectId ?? undefined);
