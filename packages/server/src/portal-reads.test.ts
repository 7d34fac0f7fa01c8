import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asActor, type Ctx } from "./db/context.ts";
import type { Handlers } from "./http/handlers.ts";
import { createPrincipal, setProjectRole } from "./modules/access/index.ts";
import { insightsRoutes } from "./modules/insights/index.ts";
import { callRoute } from "./modules/pipelines/testing/call-route.ts";
import { testProject } from "./modules/pipelines/testing/test-project.ts";
import { createTestWorld, type TestWorld } from "./modules/pipelines/testing/test-world.ts";
import {
  createTrackedRuns,
  ensureExperiment,
  getRunHead,
  logMetrics,
  moveClientRun,
  newTrackedRunId,
  setTags,
} from "./modules/tracking/index.ts";

let world: TestWorld;
let routes: Handlers;
let run: number;
const forest = newTrackedRunId();
const linear = newTrackedRunId();
const inner = newTrackedRunId();

beforeAll(async () => {
  world = await createTestWorld();
  const { ctx, project } = world;
  routes = insightsRoutes({ listDeployments: async () => [], assertEnvironment: async () => undefined });
  await world.push(testProject());
  run = await world.start("train", { message: "first of all" });
  const experiment = await ensureExperiment(ctx, project);
  const made = { experimentId: experiment.id, principalId: ctx.actor.principalId, userName: "ada", owner: "client" };
  await createTrackedRuns(ctx, [
    {
      ...made,
      owner: "client",
      runId: forest,
      name: "forest",
      params: { depth: "6", long: "ä".repeat(300) },
      startTime: new Date("2026-01-02"),
    },
    {
      ...made,
      owner: "client",
      runId: linear,
      name: "linear",
      params: { depth: "1" },
      startTime: new Date("2026-01-01"),
    },
  ]);
  await createTrackedRuns(ctx, [
    { ...made, owner: "client", runId: inner, name: "fold 1", parentRunId: forest, startTime: new Date("2025-12-31") },
  ]);
  const point = (key: string, value: number, step: number) => ({ key, value, step, time: new Date(1_000 + step) });
  await logMetrics(ctx, forest, [point("auc", 0.9, 0), point("broken", Number.NaN, 0)]);
  await logMetrics(ctx, linear, [point("auc", 0.7, 0)]);
  await logMetrics(
    ctx,
    inner,
    Array.from({ length: 700 }, (_, step) => point("loss", 1 / (step + 1), step)),
  );
  await setTags(ctx, forest, { "mlflow.source.git.commit": "abcdef1234567890" });
});
afterAll(() => world.drop());

const search = async (query: object) => {
  const given = { show: "top", count: "true", limit: 50, after: 0, ...query } as const;
  const found = await callRoute(routes, "searchRuns", world.ctx, {
    params: { project: "flights" },
    query: given,
  });
  return {
    ...found,
    names: found?.items.map(({ name }) => name).join(", "),
    total: found?.total?.count,
    next: found?.next,
  };
};

describe("a list of all runs", () => {
  test("has those of pipelines with number, state and revision, and those of clients with what they logged", async () => {
    const { items = [], total, next } = await search({});
    expect([total, next]).toEqual([4, null]);
    expect(items.find(({ kind }) => kind === "pipeline")).toMatchObject({
      name: `train #${run}`,
      run: { number: run, pipeline: "train" },
      state: "queued",
      revision: { number: 1 },
      note: "first of all",
      author: "ada",
      params: { "train.depth": "6" },
    });
    const client = items.find(({ id }) => id === forest);
    expect(client).toMatchObject({
      kind: "client",
      run: null,
      state: "running",
      commit: "abcdef1234567890",
      metrics: { auc: 0.9, broken: null },
      params: { depth: "6" },
    });
    expect(client?.params.long).toHaveLength(200);
  });

  test.each([
    [{ show: "client" }, "forest, linear, fold 1"],
    [{ filter: "metrics.auc > 0.8" }, "forest"],
    [{ show: "client", filter: "params.depth IS NOT NULL", order: "metrics.auc ASC" }, "linear, forest"],
    [{ show: "client", order: "metrics.`auc` DESC", limit: 1 }, "forest"],
    [{ show: "client", order: "metrics.`auc` DESC", limit: 1, after: 1 }, "linear"],
    [{ filter: "run_name ILIKE 'FOLD%'" }, "fold 1"],
    [{ show: "pipeline", filter: "run_name LIKE 'train%'" }, "train #1"],
  ])("%j gives %s", async (query, names) => {
    expect((await search(query)).names).toBe(names);
  });

  test("says of a page whether there is another, and how many there are in all", async () => {
    expect(await search({ show: "client", limit: 2 })).toMatchObject({ next: "2", total: 3 });
    expect(await search({ show: "client", limit: 2, after: 2 })).toMatchObject({ next: null, names: "fold 1" });
  });

  test.each(["metrics.auc >", "nothing = 'x'", "'; drop table runs"])("refuses %s in one message", async (filter) => {
    await expect(search({ filter })).rejects.toMatchObject({ code: "tracking.search_invalid", status: 400 });
  });
});

describe("a comparison", () => {
  const compare = (ids: string[], ctx: Ctx = world.ctx) =>
    callRoute(routes, "compareRuns", ctx, { params: { project: "flights" }, query: { ids } });

  test("has the runs in the order asked for, by number and by id, with params whole and the curves of their children", async () => {
    const { items = [] } = (await compare([forest, String(run)])) ?? {};
    expect(items.map(({ key }) => key)).toEqual([forest, String(run)]);
    expect(items[0]?.params.long).toHaveLength(300);
    expect(items.map(({ curves }) => curves)).toEqual([["loss"], []]);
    expect(items[1]?.revision).toMatchObject({ number: 1, message: "test", git: null });
  });

  test("still has a run that was deleted since, and says so", async () => {
    const move = async (stage: "active" | "deleted") =>
      moveClientRun(world.ctx, await getRunHead(world.ctx, linear), stage, null);
    await move("deleted");
    const { items = [] } = (await compare([forest, linear])) ?? {};
    await move("active");
    expect(items.map(({ key, isDeleted }) => [key, isDeleted])).toEqual([
      [forest, false],
      [linear, true],
    ]);
  });

  test("gives a curve of at most 500 steps, with its first and its last", async () => {
    const curves = await callRoute(routes, "metricCurves", world.ctx, {
      params: { project: "flights" },
      query: { ids: [linear, forest], metric: "loss" },
    });
    const [none, points] = curves?.runs.map(({ points }) => points) ?? [];
    expect(none).toEqual([]);
    expect(points?.length).toBeLessThanOrEqual(502);
    expect([points?.[0], points?.at(-1)]).toEqual([
      [0, 1000, 1],
      [699, 1699, 1 / 700],
    ]);
  });

  test("knows nothing of runs that are not there or lie in another project", async () => {
    await expect(compare(["99"])).rejects.toMatchObject({ code: "run.not_found" });
    await expect(compare([newTrackedRunId()])).rejects.toMatchObject({ code: "tracking.not_found" });
    const other = await createTestWorld("others", { database: world.ctx.database, drop: async () => undefined });
    await expect(
      callRoute(routes, "compareRuns", world.ctx, { params: { project: "others" }, query: { ids: [forest] } }),
    ).rejects.toMatchObject({ code: "tracking.not_found" });
    await other.drop();
  });
});

describe("what happened", () => {
  const activity = async (ctx: Ctx, query: object = {}) =>
    (await callRoute(routes, "listActivity", ctx, { query: { limit: 50, routine: "false", ...query } })) ?? {
      items: [],
      next: null,
    };
  const stranger = async (name: string): Promise<Ctx> => {
    const { id } = await createPrincipal(world.ctx, { kind: "user", name });
    const grant = { tokenId: "t", tokenKind: "session", platformAdmin: false, scopes: null, projectId: null } as const;
    return asActor(world.ctx, { principalId: id, kind: "user", name, actorKind: "person", grant });
  };

  test("is told in words with a page about it, and found by person, type and time", async () => {
    const { items } = await activity(world.ctx, { project: "flights" });
    expect(items[0]).toMatchObject({
      type: "run.requested",
      text: `started run ${run} of train`,
      href: `/projects/flights/runs/${run}`,
      principal: { name: "ada" },
      actor: "person",
      position: null,
    });
    const types = async (query: object) =>
      [...new Set((await activity(world.ctx, { project: "flights", ...query })).items.map(({ type }) => type))].sort();
    expect(await types({ type: "project" })).toEqual(["project.created"]);
    expect(await types({ type: "%" })).toEqual([]);
    expect(await types({ principal: "ada", type: "revision" })).toEqual(["revision.pushed"]);
    expect(await types({ to: "2020-01-01T00:00:00Z" })).toEqual([]);
    expect(await types({ from: "2020-01-01T00:00:00Z", type: "run" })).toEqual(["run.requested"]);
    await expect(activity(world.ctx, { principal: "nobody" })).rejects.toMatchObject({ code: "access.not_found" });
  });

  test("comes in pages that neither overlap nor leave anything out", async () => {
    const all = await activity(world.ctx);
    const ids: string[] = [];
    for (let before: string | undefined; ; ) {
      const page = await activity(world.ctx, { limit: 2, ...(before === undefined ? {} : { before }) });
      ids.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      before = page.next;
    }
    expect(ids).toEqual(all.items.map(({ id }) => id));
  });

  test("is told only to those who may read the project", async () => {
    const eve = await stranger("eve");
    expect((await activity(eve)).items).toEqual([]);
    await expect(activity(eve, { project: "flights" })).rejects.toMatchObject({ code: "project.not_found" });
    await setProjectRole(world.ctx, {
      projectId: world.project.id,
      principalId: eve.actor.principalId,
      role: "viewer",
    });
    expect((await activity(eve)).items.length).toBeGreaterThan(0);
  });

  test("one may jump to what one may read", async () => {
    const jumps = async (ctx: Ctx) => (await callRoute(routes, "listJumps", ctx, {}))?.items ?? [];
    expect(await jumps(world.ctx)).toContainEqual({
      kind: "run",
      title: `Run ${run} of flights`,
      detail: "train, queued, first of all",
      href: `/projects/flights/runs/${run}`,
    });
    expect((await jumps(await stranger("mallory"))).filter(({ kind }) => kind !== "environment")).toEqual([]);
  });
});
