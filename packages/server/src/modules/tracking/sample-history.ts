import type { Ctx } from "../../db/context.ts";
import { prepared } from "../../db/prepared.ts";

export interface CurvePoint {
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** May be no number. */
  readonly value: number;
}

/** What a run's curve does in one stretch of steps. */
export interface CurveBucket {
  readonly runId: string;
  readonly first: CurvePoint;
  readonly last: CurvePoint;
  /** Null where no point of the bucket is a number. */
  readonly lowest: CurvePoint | null;
  readonly highest: CurvePoint | null;
  readonly count: number;
}

const pointsOfBucket = 4;

/*
 * Points as lists of numbers: the lowest of lists that begin with the step is the first point, of those that begin with
 * the value the lowest. One pass over the points, whatever their number.
 */
const buckets = prepared<{
  readonly runId: string;
  readonly count: number;
  readonly first: number[];
  readonly last: number[];
  readonly lowest: number[] | null;
  readonly highest: number[] | null;
}>(
  "buckets of curves",
  `with points as materialized (
     select run_id, step, date_part('epoch', time) * 1000 as ms, value from metric_points
     where run_id = any($1::text[]) and key = $2
   ), bounds as (
     select min(step) as low, max(step) - min(step) + 1 as width, count(distinct step) as steps from points
   )
   select run_id as "runId", count(*)::integer as count, min(array[step, ms, value]) as first,
     max(array[step, ms, value]) as last, min(array[value, step, ms]) filter (where value <> 'NaN') as lowest,
     max(array[value, -step, -ms]) filter (where value <> 'NaN') as highest
   from points, bounds
   group by run_id, case when steps <= $3::bigint then step
     else least($3::bigint - 1, floor((step - low)::float8 * $3::bigint / width)::bigint) end
   order by run_id, min(step)`,
);

/**
 * Curves of a metric in buckets of steps that are the same for all runs, so that at most `maxPoints` points draw each of
 * them and none of its peaks is lost. A few steps have a bucket each.
 */
export async function sampleHistory(
  ctx: Ctx,
  runIds: readonly string[],
  key: string,
  maxPoints: number,
): Promise<CurveBucket[]> {
  if (runIds.length === 0) return [];
  const count = Math.max(1, Math.floor(maxPoints / pointsOfBucket));
  const rows = await buckets(ctx, [[...runIds], key, count]);
  return rows.map(({ runId, count, first, last, lowest, highest }) => ({
    runId,
    count,
    first: byStep(first),
    last: byStep(last),
    lowest: lowest && byValue(lowest),
    highest: highest && byValue(highest.map((number, index) => (index === 0 ? number : 0 - number))),
  }));
}

const byStep = ([step = 0, timestamp = 0, value = 0]: readonly number[]): CurvePoint => ({ step, timestamp, value });
const byValue = ([value = 0, step = 0, timestamp = 0]: readonly number[]): CurvePoint => ({ step, timestamp, value });

/** The points of a run's buckets in the order of their steps, each once. */
export function curvePoints(ofRun: readonly CurveBucket[]): CurvePoint[] {
  return ofRun.flatMap(({ first, lowest, highest, last }) => {
    const inner = [lowest, highest].flatMap((point) =>
      point && !isSame(point, first) && !isSame(point, last) ? [point] : [],
    );
    const unique = inner.length === 2 && inner[0] && inner[1] && isSame(inner[0], inner[1]) ? inner.slice(1) : inner;
    const ordered = unique.toSorted((a, b) => a.step - b.step || a.timestamp - b.timestamp);
    return [first, ...ordered, ...(isSame(first, last) ? [] : [last])];
  });
}

const isSame = (a: CurvePoint, b: CurvePoint): boolean =>
  a.step === b.step && a.timestamp === b.timestamp && Object.is(a.value, b.value);
