import { parseFilter, parseOrders, runLanguage } from "@pave/contract/search";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ctx, createContext } from "../../../db/context.ts";
import { countQueries } from "../../../db/count-queries.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/test-database.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import {
  createExperiment,
  createTrackedRuns,
  getRunHead,
  logDatasets,
  logMetrics,
  moveClientRun,
  newTrackedRunId,
  updateClientRun,
} from "../index.ts";
import type { SourceLimits } from "./choose-source.ts";
import { usualLimits } from "./choose-source.ts";
import { countRuns } from "./count-runs.ts";
import { findRunPlaces } from "./find-run-places.ts";
import type { RunOrder, RunPlace } from "./run-search.ts";
import { inOrder, matches, type PlainRun } from "./testing.ts";

let testDatabase: TestDatabase;
let ctx: Ctx;
let experiments: number[];
let runs: PlainRun[];

const long = "l".repeat(63);

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  ctx = createContext(testDatabase.database, { log: silentLogger });
  const project = { id: "p1", name: "flights", title: "Flights", owner: "ops", created_by: "u" };
  await ctx.db.insertInto("projects").values(project).execute();
  experiments = [];
  for (const name of ["a", "b", "c"])
    experiments.push(await createExperiment(ctx, { projectId: "p1", name, tags: {} }));
  runs = Array.from({ length: 240 }, (_, n) => plainRun(n));
  await createTrackedRuns(
    ctx,
    runs.map((run) => ({
      runId: run.id,
      experimentId: run.experiment,
      name: run.name,
      principalId: "u",
      userName: run.user,
      owner: "client",
      startTime: new Date(run.startTime),
      tags: Object.fromEntries(run.tags),
      params: Object.fromEntries(run.params),
    })),
  );
  for (const run of runs) {
    const head = await getRunHead(ctx, run.id);
    const points = [...run.metrics].map(([key, value]) => ({ key, value, step: 1, time: new Date(1) }));
    await logMetrics(ctx, run.id, [...points, ...points.map((point) => ({ ...point, step: 0, value: 999 }))]);
    await logDatasets(
      ctx,
      head,
      run.datasets.map(({ name, digest, context }) => ({
        ...{ name, digest, sourceType: "local", source: "", schema: null, profile: null },
        tags: context === null ? {} : { "mlflow.data.context": context },
      })),
    );
    if (run.status !== "RUNNING")
      await updateClientRun(ctx, head, { status: "FINISHED", endTime: new Date(run.endTime ?? 0) }, null);
    if (run.isDeleted) await moveClientRun(ctx, head, "deleted", null);
  }
});
afterAll(() => testDatabase.drop());

/** Values that are often the same, missing, no number, or as long as an index takes and longer. */
function plainRun(n: number): PlainRun {
  const has = <T>(chance: boolean, value: T): T[] => (chance ? [value] : []);
  const user = `user-${n % 3}`;
  const name = n % 10 === 0 ? `${long}${["x", "xy", ""][n % 3]}` : `run-${n % 50}`;
  const isEnded = n % 4 !== 0;
  const startTime = 1_700_000_000_000 + Math.floor(n / 2) * 1000;
  return {
    id: newTrackedRunId(),
    experiment: experiments[n % 7 === 0 ? 1 : n % 11 === 0 ? 2 : 0] ?? 0,
    name,
    status: isEnded ? "FINISHED" : "RUNNING",
    user,
    startTime,
    endTime: isEnded ? startTime + (n % 5) * 100 : null,
    isDeleted: n % 13 === 0,
    metrics: new Map([
      ...has(n % 5 > 0, ["auc", n % 9 === 0 ? Number.NaN : ((n * 37) % 40) / 40] as const),
      ...has(n % 3 > 0, ["loss x", -(n % 6)] as const),
    ]),
    params: new Map([
      ...has(n % 4 > 0, ["depth", String(n % 6)] as const),
      ...has(n % 6 > 0, [
        "name",
        ["Öl", "forest", "Forest-2", "", long, `${long}xx`, `${long}xxz`, "100%"][n % 8] ?? "",
      ] as const),
    ]),
    tags: new Map([
      ["mlflow.user", user],
      ["mlflow.runName", name],
      ...has(n % 2 > 0, ["a `b`", `t${n % 20}`] as const),
    ]),
    datasets: [
      ...has(n % 3 === 0, { name: "iris", digest: `d${n % 2}`, context: n % 2 ? "train" : null }),
      ...has(n % 9 === 0, { name: "iris", digest: "other", context: "eval" }),
    ],
  };
}

const filters = [
  "",
  "metrics.auc > 0.5",
  "metrics.auc >= 0.5 AND metrics.auc < 0.8",
  "metrics.auc = 0.5",
  "metrics.auc != 0.5",
  "metrics.auc <= 0.1 AND metrics.`loss x` < -2",
  "metrics.nothing > 0",
  "params.depth = '3'",
  "params.depth != '3'",
  "params.depth IS NULL",
  "params.depth IS NOT NULL AND metrics.auc > 0.2",
  `params.name = '${long}'`,
  `params.name = '${long}xx'`,
  `params.name LIKE '${long}x%'`,
  "params.name LIKE 'f%'",
  "params.name LIKE '%or%'",
  "params.name ILIKE 'FOREST%'",
  "params.name LIKE 'Ö%'",
  "params.name LIKE '___'",
  "params.name LIKE '100%'",
  "params.name = ''",
  `tags."a \`b\`" = 't3'`,
  "tags.mlflow.user = 'user-1' AND params.depth = '2' AND metrics.auc > 0.3",
  "run_name = 'run-7'",
  "run_name LIKE 'run-1%'",
  "run_name LIKE '%xy'",
  "run_name != 'run-7' AND run_name ILIKE 'RUN%'",
  "status = 'RUNNING'",
  "status != 'RUNNING'",
  "user_id = 'user-2'",
  "start_time > 1700000050000",
  "start_time >= 1700000050000 AND start_time <= 1700000060000 AND status = 'FINISHED'",
  "start_time = 1700000050000",
  "end_time > 1700000050000",
  "NOT end_time > 1700000050000",
  "start_time > 1e300 OR start_time < -1e300",
  "datasets.name = 'iris'",
  "datasets.name = 'iris' AND datasets.context = 'eval'",
  "datasets.digest LIKE 'o%'",
  "datasets.digest IN ('d0', 'd1')",
  "datasets.context != 'eval'",
  "NOT datasets.name = 'iris'",
  "metrics.auc > 0.9 OR params.depth = '1'",
  "metrics.auc > 0.9 OR params.depth != '1'",
  "metrics.auc > 0.9 OR (params.depth = '1' AND run_name LIKE 'run-1%')",
  "NOT (metrics.auc > 0.9 OR params.depth = '1')",
  "NOT params.depth = '3'",
  "NOT params.depth IS NULL",
  "NOT (NOT metrics.auc > 0.5)",
  "params.name LIKE '%or%' AND params.depth LIKE '%3' AND tags.mlflow.user LIKE '%1'",
  "params.name LIKE '%or%' OR params.depth LIKE '%3' OR metrics.auc > 0.9",
  "(status = 'RUNNING' OR params.depth = '1') AND NOT tags.mlflow.user LIKE '%2' AND metrics.auc < 0.7",
];
const orders: readonly (readonly string[])[] = [
  [],
  ["metrics.auc DESC"],
  ["metrics.auc ASC"],
  ["metrics.`loss x` DESC", "params.depth ASC"],
  ["params.depth DESC"],
  ["params.depth ASC", "metrics.auc DESC"],
  ['tags."a `b`" DESC'],
  ["start_time ASC"],
  ["end_time DESC", "run_name"],
  ["run_name ASC"],
  ["status", "metrics.nothing"],
];
const everyWay: readonly (readonly [string, SourceLimits])[] = [
  ["as usual", usualLimits],
  ["as if each index had too many", { small: -1, sorted: -1, together: -1, alone: 0, values: 300, patterns: 8 }],
  ["as if only some indexes had few", { small: 20, sorted: 10, together: 60, alone: 0, values: 2, patterns: 1 }],
];

const searchOf = (filter: string, order: readonly string[]) => ({
  experimentIds: experiments.slice(0, 2),
  stages: ["active"],
  filter: parseFilter(runLanguage, filter),
  orders: parseOrders(runLanguage, order) as RunOrder[],
});
type Search = ReturnType<typeof searchOf>;

const expected = ({ filter, orders: order, experimentIds, stages }: Search) =>
  runs
    .filter((run) => experimentIds.includes(run.experiment) && stages.includes(run.isDeleted ? "deleted" : "active"))
    .filter((run) => matches(filter, run))
    .toSorted(inOrder(order))
    .map(({ id }) => id);
const idsOf = (places: readonly RunPlace[]) => places.map(({ runId }) => runId);

describe.each(everyWay)("a search gives what it asks for, %s", (_way, limits) => {
  test.each(filters)("%s", async (filter) => {
    for (const order of [[], ["metrics.auc DESC"], ["params.name ASC"]]) {
      const search = searchOf(filter, order);
      expect(idsOf(await findRunPlaces(ctx, { ...search, limit: 500 }, limits))).toEqual(expected(search));
    }
  });

  test.each(orders.map((order) => [order]))("by %j, page by page", async (order) => {
    for (const filter of [
      "",
      "metrics.auc > 0.2",
      "params.depth = '3' OR params.depth = '4'",
      "NOT status = 'RUNNING'",
    ]) {
      const search = searchOf(filter, order);
      const whole = expected(search);
      const found: string[] = [];
      for (let after: RunPlace | undefined; ; ) {
        const page = await findRunPlaces(ctx, { ...search, limit: 17, after }, limits);
        found.push(...idsOf(page));
        after = page.at(-1);
        if (page.length < 17) break;
      }
      expect(found).toEqual(whole);
      const skipped = await findRunPlaces(ctx, { ...search, limit: 30, offset: 25 }, limits);
      expect(idsOf(skipped)).toEqual(whole.slice(25, 55));
    }
  });
});

test("no experiment, one and more than a statement has parts for", async () => {
  const search = { ...searchOf("metrics.auc > 0.2", ["metrics.auc DESC"]), limit: 500 };
  const many = { ...search, experimentIds: [...experiments, ...Array.from({ length: 40 }, (_, n) => 10_000 + n)] };
  expect(await findRunPlaces(ctx, { ...search, experimentIds: [] })).toEqual([]);
  for (const [, limits] of everyWay)
    for (const one of [{ ...search, experimentIds: experiments.slice(2) }, many, { ...many, orders: [] }])
      expect(idsOf(await findRunPlaces(ctx, one, limits))).toEqual(expected(one));
});

test("a filter of many patterns asks the indexes for a few of them", async () => {
  const filter = Array.from({ length: 60 }, (_, n) => `params.name LIKE '%o${n % 2 ? "%" : "r%"}'`).join(" AND ");
  const search = { ...searchOf(filter, []), limit: 500 };
  const queries = await countQueries(ctx, async (ctx) =>
    expect(idsOf(await findRunPlaces(ctx, search))).toEqual(expected(search)),
  );
  // a look for each experiment and pattern, what is counted, and the search itself
  expect(queries).toBeLessThan(20);
});

test("runs are counted, no further than wanted", async () => {
  for (const filter of filters) {
    const search = searchOf(filter, []);
    const whole = expected(search).length;
    expect(await countRuns(ctx, search, 1000)).toEqual({ count: whole, atLeast: false });
    expect(await countRuns(ctx, search, 3)).toEqual({ count: Math.min(3, whole), atLeast: whole > 3 });
  }
  expect(await countRuns(ctx, { ...searchOf("", []), experimentIds: [] }, 5)).toEqual({ count: 0, atLeast: false });
});

test("a run that turns out to have begun at another time is found there", async () => {
  const moved = runs.find(({ params, isDeleted }) => params.get("depth") === "5" && !isDeleted);
  if (!moved) throw new Error("expected a run of depth 5");
  const search = { ...searchOf("params.depth = '5'", []), experimentIds: [moved.experiment], limit: 1 };
  await ctx.db
    .updateTable("tracked_runs")
    .set({ start_time: new Date("2030-01-01") })
    .where("run_id", "=", moved.id)
    .execute();
  for (const [, limits] of everyWay) expect(idsOf(await findRunPlaces(ctx, search, limits))).toEqual([moved.id]);
});
