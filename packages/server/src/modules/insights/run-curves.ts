import type { RunCurves } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { curvePoints, sampleHistory } from "../tracking/index.ts";
import { numberShown } from "./number-shown.ts";

/** Metrics of a run, of long ones as many points as are wanted; a value that is no number is a gap. */
export async function runCurves(
  ctx: Ctx,
  runId: string,
  { keys, points }: { readonly keys: readonly string[]; readonly points: number },
): Promise<RunCurves> {
  const byKey = Map.groupBy(await sampleHistory(ctx, [runId], keys, points), ({ key }) => key);
  return {
    items: keys.map((key) => {
      const buckets = byKey.get(key) ?? [];
      return {
        key,
        total: buckets.reduce((sum, { count }) => sum + count, 0),
        points: curvePoints(buckets).map(({ step, value, timestamp }) => ({
          ...{ step, at: timestamp },
          value: numberShown(value),
        })),
      };
    }),
  };
}
