import type { ImportPoints } from "@pave/contract";
import { z } from "zod";
import { atOnce, chunks, chunksBySize } from "./at-once.ts";
import type { CopyContext } from "./copy-context.ts";
import { metricNumber } from "./metric-number.ts";
import { pages } from "./read-source.ts";
import { SourceAnswer } from "./source-errors.ts";
import { type PointRecord, pointRecord, type RunRecord } from "./source-records.ts";
import { refusal } from "./target.ts";

/** As many as a server gives at once, and as we take at once. */
const most = 25_000;
const runsAtOnce = 100;

type Series = ImportPoints["series"][number];

/**
 * Full histories of runs. A metric of up to a hundred runs is read at once; where that is more than a server gives at
 * once, or it has no such request, run by run in pages.
 */
export async function copyPoints(context: CopyContext, runs: readonly RunRecord[]): Promise<void> {
  const byKey = new Map<string, string[]>();
  for (const { info, data } of runs)
    for (const { key } of data.metrics) byKey.set(key, [...(byKey.get(key) ?? []), info.run_id]);
  const asks = [...byKey].flatMap(([key, ids]) => chunks(ids, runsAtOnce).map((part) => ({ key, ids: part })));
  await atOnce(4, asks, ({ key, ids }) => copyMetric(context, key, ids));
}

async function copyMetric(context: CopyContext, key: string, ids: readonly string[]): Promise<void> {
  const together = ids.length > 1 ? await readTogether(context, key, ids) : undefined;
  if (together) {
    const byRun = Map.groupBy(together, ({ run_id }) => run_id ?? "");
    await send(
      context,
      [...byRun].filter(([id]) => ids.includes(id)).map(([id, points]) => seriesOf(id, key, points)),
    );
    return;
  }
  for (const id of ids) await copyHistory(context, key, id);
}

/** Undefined where it may be that this is not all of it. */
async function readTogether(
  { source }: CopyContext,
  key: string,
  ids: readonly string[],
): Promise<PointRecord[] | undefined> {
  const query = { run_id: ids, metric_key: key, max_results: most };
  const answer = await source.get("/ajax-api/2.0/mlflow/metrics/get-history-bulk", query).catch((error: unknown) => {
    if (error instanceof SourceAnswer) return undefined;
    throw error;
  });
  const parsed = z.object({ metrics: z.array(pointRecord) }).safeParse(answer);
  if (!parsed.success || parsed.data.metrics.length >= most) return undefined;
  const found = new Set(parsed.data.metrics.map(({ run_id }) => run_id));
  return ids.every((id) => found.has(id)) ? parsed.data.metrics : undefined;
}

async function copyHistory(context: CopyContext, key: string, id: string): Promise<void> {
  const ask = (token: string | undefined) =>
    context.source.get("/api/2.0/mlflow/metrics/get-history", {
      run_id: id,
      metric_key: key,
      max_results: most,
      page_token: token,
    });
  for await (const page of pages(context.source, ask, "metrics", pointRecord))
    for (const part of chunks(page, most)) await send(context, [seriesOf(id, key, part)]);
}

const seriesOf = (runId: string, key: string, points: readonly PointRecord[]): Series => ({
  runId,
  key,
  steps: points.map(({ step }) => step),
  times: points.map(({ timestamp }) => timestamp),
  values: points.map(({ value }) => metricNumber(value)),
});

async function send({ target, tally, progress }: CopyContext, series: readonly Series[]): Promise<void> {
  for (const part of chunksBySize(series, most, ({ steps }) => steps.length)) {
    try {
      await target.call("importPoints", { body: { series: part } });
      tally.add(
        "metric points",
        "copied",
        part.reduce((sum, { steps }) => sum + steps.length, 0),
      );
    } catch (error) {
      const reason = refusal(error);
      if (reason === undefined) throw error;
      const [only] = part;
      if (part.length > 1) for (const one of part) await send({ target, tally, progress } as CopyContext, [one]);
      else if (only) tally.skip("metric points", `${only.key} of run ${only.runId}`, reason);
    }
  }
  progress.step();
}
