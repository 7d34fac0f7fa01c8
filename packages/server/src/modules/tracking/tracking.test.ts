import { afterAll, beforeAll, expect, test } from "vitest";
import type { Ctx } from "../../db/context.ts";
import {
  createTrackedRuns,
  endTrackedRun,
  ensureExperiment,
  logMetrics,
  logParams,
  newTrackedRunId,
  reopenTrackedRun,
  setTags,
} from "./index.ts";
import { createTrackingHouse } from "./testing/tracking-house.ts";

let house: Awaited<ReturnType<typeof createTrackingHouse>>;
let ctx: Ctx;
let experimentId: number;

beforeAll(async () => {
  house = await createTrackingHouse();
  ({ ctx, experimentId } = house);
});
afterAll(() => house.drop());

async function newRun(parentRunId?: string): Promise<string> {
  const runId = newTrackedRunId();
  const parent = parentRunId === undefined ? {} : { parentRunId };
  await createTrackedRuns(ctx, [
    { runId, experimentId, name: "train #1", principalId: "u", userName: "ada", owner: "client", ...parent },
  ]);
  return runId;
}
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const latest = (runId: string) =>
  ctx.db
    .selectFrom("latest_metrics")
    .select(["key", "value", "step"])
    .where("run_id", "=", runId)
    .orderBy("key")
    .execute();
const tagsOf = async (runId: string) =>
  Object.fromEntries(
    (await ctx.db.selectFrom("tracked_tags").select(["key", "value"]).where("run_id", "=", runId).execute()).map(
      (row) => [row.key, row.value],
    ),
  );

test("a project has one experiment, made once", async () => {
  const again = await Promise.all([1, 2, 3].map(() => ensureExperiment(ctx, { id: "p1", name: "flights" })));
  expect(new Set(again.map((experiment) => experiment.id))).toEqual(new Set([experimentId]));
  const row = await ctx.db
    .selectFrom("experiments")
    .select("artifact_location")
    .where("id", "=", experimentId)
    .executeTakeFirst();
  expect(row?.artifact_location).toBe(`mlflow-artifacts:/${experimentId}`);
});

test("the latest value is that of the largest step, then time, whatever the order of arrival", async () => {
  const runId = await newRun();
  await logMetrics(ctx, runId, [
    { key: "auc", value: 0.7, step: 2, time: at(1) },
    { key: "auc", value: 0.9, step: 1, time: at(2) },
    { key: "loss", value: -1, step: 0, time: at(1) },
  ]);
  await logMetrics(ctx, runId, [{ key: "auc", value: 0.8, step: 1, time: at(9) }]);
  await logMetrics(ctx, runId, [{ key: "auc", value: 0.71, step: 2, time: at(2) }]);
  expect(await latest(runId)).toEqual([
    { key: "auc", value: 0.71, step: 2 },
    { key: "loss", value: -1, step: 0 },
  ]);
});

test("a point that arrives twice is one point", async () => {
  const runId = await newRun();
  const point = { key: "auc", value: 0.7, step: 0, time: at(1) };
  await logMetrics(ctx, runId, [point, point]);
  await logMetrics(ctx, runId, [point]);
  const points = await ctx.db.selectFrom("metric_points").select("key").where("run_id", "=", runId).execute();
  expect(points).toHaveLength(1);
});

test("a param keeps its first value", async () => {
  const runId = await newRun();
  await logParams(ctx, runId, { depth: 6, target: "late", exclude: ["id"] });
  await logParams(ctx, runId, { depth: 6 });
  await expect(logParams(ctx, runId, { depth: 7 })).rejects.toMatchObject({
    code: "request.invalid",
    message: expect.stringContaining("depth"),
  });
  const rows = await ctx.db
    .selectFrom("tracked_params")
    .select(["key", "value"])
    .where("run_id", "=", runId)
    .orderBy("key")
    .execute();
  expect(rows).toEqual([
    { key: "depth", value: "6" },
    { key: "exclude", value: '["id"]' },
    { key: "target", value: "late" },
  ]);
});

test("a child names its parent, tags are replaced, and a run that is retried is open again", async () => {
  const parent = await newRun();
  const child = await newRun(parent);
  await setTags(ctx, child, { "pave.step": "train" });
  await setTags(ctx, child, { "pave.step": "evaluate" });
  expect(await tagsOf(child)).toEqual({
    "mlflow.runName": "train #1",
    "mlflow.user": "ada",
    "mlflow.parentRunId": parent,
    "pave.step": "evaluate",
  });

  const statusOf = () =>
    ctx.db.selectFrom("tracked_runs").select(["status", "end_time"]).where("run_id", "=", parent).executeTakeFirst();
  await endTrackedRun(ctx, parent, "FAILED");
  expect(await statusOf()).toEqual({ status: "FAILED", end_time: expect.any(Date) });
  await reopenTrackedRun(ctx, parent);
  expect(await statusOf()).toEqual({ status: "RUNNING", end_time: null });
});
