import { truthMetrics } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { MeasuredTruth } from "./measure-truth.ts";
import { truthOf } from "./truth-of.ts";

/** Two releases of one deployment, and since when their answers count. */
export interface ReleasesToCompare {
  readonly deploymentId: string;
  readonly stableReleaseId: string;
  readonly candidateReleaseId: string;
  readonly since: Date;
}

/** How right the answers of two releases were since then, by metric; undefined as long as one of them has no label. */
export async function compareTruth(
  ctx: Ctx,
  { deploymentId, stableReleaseId, candidateReleaseId, since }: ReleasesToCompare,
): Promise<{ candidate: Record<string, number>; stable: Record<string, number> } | undefined> {
  const candidate = await truthOf(ctx, { deploymentId, since, releaseId: candidateReleaseId });
  if (candidate.rows === 0) return undefined;
  const stable = await truthOf(ctx, { deploymentId, since, releaseId: stableReleaseId });
  return stable.rows === 0 ? undefined : { candidate: metricsOf(candidate), stable: metricsOf(stable) };
}

function metricsOf(measured: MeasuredTruth): Record<string, number> {
  const known = truthMetrics.flatMap((name) => {
    const measure = measured[name];
    if (measure === undefined) return [];
    return [[name, typeof measure === "number" ? measure : measure.value] as const];
  });
  return Object.fromEntries(known);
}
