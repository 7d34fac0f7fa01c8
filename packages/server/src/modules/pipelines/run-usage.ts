import type { Usage } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { totalUsage } from "../usage/index.ts";
import { type AttemptView, readAttempts } from "./read-runs.ts";

export const usageOf = (attempts: readonly AttemptView[]): Usage | null =>
  totalUsage(attempts.flatMap(({ usage }) => usage ?? []));

/** What a run has used so far; null where nothing was run, or nothing has ended. */
export const runUsage = async (ctx: Ctx, runId: string): Promise<Usage | null> =>
  usageOf(await readAttempts(ctx, runId));
