import type { Ctx } from "../../db/context.ts";
import { prepared } from "../../db/prepared.ts";

export interface CurvePoint {
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** May be no number. */
  readonly value: number;
}

/** What a curve of a run does in one stretch of its points. */
export interface CurveBucket {
  readonly runId: string;
  readonly key: string;
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
 * the value the lowest. One pass over the points in the order of their index, whatever their number.
 */
const buckets = prepared<{
  readonly runId: string;
  readonly key: string;
  readonly count: number;
  readonly first: number[];
  readonly last: number[];
  readonly lowest: number[] | null;
  readonly highest: number[] | null;
}>(
  "buckets of curves",
  `with points as (
     select run_id, key, step, date_part('epoch', time) * 1000 as ms, value,
       row_number() over (partition by run_id, key order by step, time, value) - 1 as place,
       count(*) over (partition by run_id, key) as total
     from metric_points where run_id = any($1::text[]) and key = any($2::text[])
   )
   select run_id as "runId", key, count(*)::integer as count, min(array[step, ms, value]) as first,
     max(array[step, ms, value]) as last, min(array[value, step, ms]) filter (where value <> 'NaN') as lowest,
     max(array[value, -step, -ms]) filter (where value <> 'NaN') as highest
   from points
   group by run_id, key, case when total <= $3::bigint * ${pointsOfBucket} then place else place * $3::bigint / total end
   order by run_id, key, min(place)`,
);

/**
 * Curves of metrics in stretches of as many points each, so that at most `maxPoints` points draw each curve and none of
 * its peaks is lost; as they are where they have no more. What was logged without steps is a curve over time as well.
 */
export async function sampleHistory(
  ctx: Ctx,
  runIds: readonly string[],
  keys: readonly string[],
  maxPoints: number,
): Promise<CurveBucket[]> {
  if (runIds.length === 0) return [];
  const count = Math.max(1, Math.floor(maxPoints / pointsOfBucket));
  const rows = await buckets(ctx, [[...runIds], [...keys], count]);
  return rows.map(({ first, last, lowest, highest, ...bucket }) => ({
    ...bucket,
    first: byStep(first),
    last: byStep(last),
    lowest: lowest && byValue(lowest),
    highest: highest && byValue(highest.map((number, index) => (index === 0 ? number : 0 - number))),
  }));
}

const byStep = ([step = 0, timestamp = 0, value = 0]: readonly number[]): CurvePoint => ({ step, timestamp, value });
const byValue = ([value = 0, step = 0, timestamp = 0]: readonly number[]): CurvePoint => ({ step, timestamp, value });

/** The points of a curve's buckets in the order of their steps, each once. */
export function curvePoints(ofCurve: readonly CurveBucket[]): CurvePoint[] {
  return ofCurve.flatMap(({ first, lowest, highest, last }) => {
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
