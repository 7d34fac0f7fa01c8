import type { RouteOutput, routes as table } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Handlers } from "./http/handlers.ts";
import { insightsRoutes } from "./modules/insights/index.ts";
import { callRoute } from "./modules/pipelines/testing/call-route.ts";
import { createTestWorld, type TestWorld } from "./modules/pipelines/testing/test-world.ts";
import { createTrackedRuns, ensureExperiment, logMetrics, newTrackedRunId } from "./modules/tracking/index.ts";

let world: TestWorld;
let routes: Handlers;
const sweep = newTrackedRunId();
const ids = Array.from({ length: 6 }, newTrackedRunId);
const attempt = newTrackedRunId();
const params = { project: "flights" };

/** A search of six runs: those with an even number are forests; the first four lie below the sweep. */
beforeAll(async () => {
  world = await createTestWorld();
  const { ctx, project } = world;
  routes = insightsRoutes({ listDeployments: async () => [], assertEnvironment: async () => undefined });
  const experiment = await ensureExperiment(ctx, project);
  const made = { experimentId: experiment.id, principalId: ctx.actor.principalId, userName: "ada" };
  const client = { ...made, owner: "client" } as const;
  const day = (number: number) => new Date(Date.UTC(2026, 0, number + 1));
  await createTrackedRuns(ctx, [{ ...client, runId: sweep, name: "sweep", startTime: day(0) }]);
  await createTrackedRuns(
    ctx,
    ids.map((runId, index) => ({
      ...client,
      runId,
      name: `trial ${index}`,
      startTime: day(index + 1),
      params: { depth: String(index), ...(index < 5 ? { model: index % 2 === 0 ? "forest" : "linear" } : {}) },
      tags: { team: index % 2 === 0 ? "red" : "blue", "mlflow.source.name": "train.py" },
      ...(index < 4 ? { parentRunId: sweep } : {}),
    })),
  );
  await createTrackedRuns(ctx, [{ ...made, owner: "attempt", runId: attempt, name: "step", startTime: day(9) }]);
  for (const [index, id] of ids.entries())
    await logMetrics(ctx, id, [
      { key: "auc", value: index === 3 ? Number.NaN : index / 10, step: 0, time: day(1) },
      { key: "rows", value: 5, step: 0, time: day(1) },
    ]);
});
afterAll(() => world.drop());

const search = (query: object) =>
  callRoute(routes, "searchRuns", world.ctx, {
    params,
    query: { show: "client", count: "true", limit: 50, after: 0, ...query },
  });
const names = async (query: object) => (await search(query))?.items.map(({ name }) => name).join(", ");

describe("the table of runs", () => {
  test.each([
    [{ by: "params.model", of: "forest" }, "trial 4, trial 2, trial 0"],
    [{ by: "params.model" }, "trial 5, sweep"],
    [{ by: "tags.team", of: "blue", order: "metrics.auc ASC" }, "trial 1, trial 5, trial 3"],
    [{ by: "parent", of: sweep, filter: "metrics.auc >= 0.1" }, "trial 2, trial 1"],
    [{ by: "parent" }, "trial 5, trial 4, sweep"],
    [{ state: "FINISHED" }, ""],
    [{ state: "RUNNING", by: "params.model", of: "linear" }, "trial 3, trial 1"],
  ])("has the runs of one group: %j", async (query, expected) => {
    expect(await names(query)).toBe(expected);
  });

  test("has the runs of one experiment, and says so where there is none of that id", async () => {
    const { id } = await ensureExperiment(world.ctx, world.project);
    expect(await names({ experiment: String(id), by: "params.model" })).toBe("trial 5, sweep");
    const groups = { params, query: { show: "client" as const, by: "params.model", experiment: String(id) } };
    expect((await callRoute(routes, "groupRuns", world.ctx, groups))?.items).toHaveLength(3);
    await expect(search({ experiment: "987654" })).rejects.toThrow("experiment 987654");
  });

  test("brings back only the columns that are shown, and counts only where that was asked", async () => {
    const found = await search({ columns: "metrics.auc,params.depth,tags.team", count: "false", limit: 1 });
    expect(found?.total).toBeNull();
    expect(found?.items[0]).toMatchObject({ metrics: { auc: 0.5 }, params: { depth: "5" }, tags: { team: "blue" } });
    const [whole] = (await search({ limit: 1, by: "parent", of: sweep }))?.items ?? [];
    expect(whole).toMatchObject({ tags: { team: "blue" }, parent: sweep, metrics: { auc: null, rows: 5 } });
  });

  test("names what can be looked for, the most frequent first, and the values of it", async () => {
    expect(await callRoute(routes, "listRunKeys", world.ctx, { params })).toEqual({
      metrics: [
        { name: "auc", runs: 6 },
        { name: "rows", runs: 6 },
      ],
      params: [
        { name: "depth", runs: 6 },
        { name: "model", runs: 5 },
      ],
      tags: [{ name: "team", runs: 6 }],
    });
    const values = async (of: string, part = "") =>
      (await callRoute(routes, "listRunValues", world.ctx, { params, query: { of, part } }))?.items;
    expect(await values("params.model")).toEqual([
      { value: "forest", runs: 3 },
      { value: "linear", runs: 2 },
    ]);
    expect(await values("tags.team", "RE")).toEqual([{ value: "red", runs: 3 }]);
    expect(await values("attributes.user_id")).toEqual([{ value: "ada", runs: 8 }]);
    expect(await values("params.nothing")).toEqual([]);
  });
});

type Groups = RouteOutput<(typeof table)["groupRuns"]>;
const groups = async (query: object): Promise<Groups["items"]> =>
  (await callRoute(routes, "groupRuns", world.ctx, { params, query: { show: "client", by: "parent", ...query } }))
    ?.items ?? [];

describe("groups of runs", () => {
  test("have how many there are and the spread of a metric, without what is no number", async () => {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(await groups({ by: "params.model", metric: "auc" })).toMatchObject([
      { value: "forest", count: 3, metric: { runs: 3, min: 0, max: 0.4, mean: mean([0.4, 0.2, 0]) } },
      { value: "linear", count: 2, metric: { runs: 1, min: 0.1, max: 0.1, mean: 0.1 } },
      { value: null, count: 2, metric: { runs: 1, min: 0.5, max: 0.5 } },
    ]);
  });

  test("by parent say whether that run fits as well, and have it where it does not", async () => {
    expect((await groups({})).map(({ value, count, run, isFound }) => [value, count, run?.name, isFound])).toEqual([
      [sweep, 4, undefined, true],
      [null, 3, undefined, false],
    ]);
    const ofFew = await groups({ filter: "metrics.auc >= 0.1" });
    expect(ofFew.map(({ count, isFound, run }) => [count, isFound, run?.name])).toEqual([
      [2, false, "sweep"],
      [2, false, undefined],
    ]);
  });
});

describe("runs that are chosen", () => {
  const one = ids[5] ?? "";
  const change = (name: "deleteTrackedRuns" | "restoreTrackedRuns", given: string[]) =>
    callRoute(routes, name, world.ctx, { params, body: { ids: given } });

  test("are deleted and restored, but for those of pipelines, which is said", async () => {
    expect(await change("deleteTrackedRuns", [one, attempt])).toEqual({
      done: [one],
      refused: [{ id: attempt, reason: expect.stringContaining("belongs to a pipeline's run") }],
    });
    expect(await names({ filter: "run_name = 'trial 5'" })).toBe("");
    expect(await names({ show: "deleted" })).toBe("trial 5");
    expect(await change("restoreTrackedRuns", [one])).toEqual({ done: [one], refused: [] });
    expect(await names({ filter: "run_name = 'trial 5'" })).toBe("trial 5");
  });

  test("get tags and lose them, twice as well as once", async () => {
    const tag = (tags: Record<string, string | null>) =>
      callRoute(routes, "tagTrackedRuns", world.ctx, { params, body: { ids: [one], tags } });
    expect(await tag({ team: "green", keep: "yes" })).toEqual({ done: [one], refused: [] });
    expect(await names({ filter: "tags.team = 'green'" })).toBe("trial 5");
    await tag({ keep: null });
    expect(await tag({ keep: null, team: "blue" })).toEqual({ done: [one], refused: [] });
    expect(await names({ filter: "tags.keep IS NOT NULL" })).toBe("");
  });

  test("are out of reach from another project", async () => {
    const other = await createTestWorld("others", { database: world.ctx.database, drop: async () => undefined });
    const answer = await callRoute(routes, "deleteTrackedRuns", world.ctx, {
      params: { project: "others" },
      body: { ids: [one] },
    });
    expect(answer).toEqual({ done: [], refused: [{ id: one, reason: expect.stringMatching(/not|no/i) }] });
    await other.drop();
  });
});
