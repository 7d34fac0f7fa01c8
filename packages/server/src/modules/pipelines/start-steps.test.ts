import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countQueries } from "../../db/count-queries.ts";
import { createFakeRunner } from "./testing/fake-runner.ts";
import { testProject, wideProject } from "./testing/test-project.ts";
import { createTestWorld, type TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.drop());

const refreshed = { refresh: true };
const stateOf = async (number: number, name: string) => {
  const step = await world.ctx.db
    .selectFrom("steps as s")
    .innerJoin("runs as r", "r.id", "s.run_id")
    .select(["s.id", "s.state", "s.message"])
    .where("r.number", "=", number)
    .where("s.name", "=", name)
    .executeTakeFirstOrThrow();
  const attempts = await world.ctx.db.selectFrom("attempts").select("id").where("step_id", "=", step.id).execute();
  return { state: step.state, message: step.message, attempts: attempts.length };
};

test("a wide fan-out is started in as many queries as a narrow one", async () => {
  const queriesFor = async (width: number): Promise<number> => {
    await world.push(wideProject(width, 1000 * width));
    const run = await world.start("wide");
    const queries = await countQueries(world.ctx, world.pipelines.tickRuns);
    expect((await world.show(run)).graph.map((step) => step.state)).toEqual(Array(width).fill("running"));
    return queries;
  };
  const narrow = await queriesFor(4);
  expect(await queriesFor(120)).toBe(narrow);
});

test("steps that cannot be started hold no other of their run up", async () => {
  await world.push(wideProject(9));
  const run = await world.start("wide", refreshed);
  const spoil = (name: string, definition: unknown) =>
    world.ctx.db
      .updateTable("steps")
      .set({ definition: sql`definition || ${JSON.stringify(definition)}::jsonb` as never })
      .where("name", "=", name)
      .where("state", "=", "pending")
      .execute();
  await spoil("make-2", { bindings: { source: { from: "step", step: "gone", output: "table" } } });
  await spoil("make-5", { kind: "of another version of Pave" });
  await world.pipelines.tickRuns(world.ctx);

  expect(await stateOf(run, "make-2")).toMatchObject({
    state: "failed",
    message: expect.stringContaining("gone gave no output table"),
    attempts: 0,
  });
  expect(await stateOf(run, "make-5")).toMatchObject({
    state: "ready",
    message: expect.stringContaining("could not be started yet, and is tried again"),
    attempts: 0,
  });
  for (const name of ["make-0", "make-1", "make-3", "make-4", "make-6", "make-7", "make-8"])
    expect(await stateOf(run, name)).toMatchObject({ state: "running", attempts: 1 });
});

test("of two steps of a run that make the same one runs, and the other takes its result", async () => {
  const make = { uses: "./steps/make", with: { source: "data/flights.csv" } };
  await world.push(
    testProject({
      spec: { pipelines: { wide: { steps: { first: make, second: make } } }, models: {} },
      files: { "data/flights.csv": "delay,late\n3,0\n" },
    }),
  );
  const run = await world.start("wide");
  await world.pipelines.tickRuns(world.ctx);
  const states = ["first", "second"].map((name) => stateOf(run, name));
  expect(await Promise.all(states)).toMatchObject([
    { state: "running", attempts: 1 },
    { state: "ready", message: `waits for run ${run}, which makes the same`, attempts: 0 },
  ]);
  await createFakeRunner(world, () => ({ outputs: { table: "table" } })).drain(world.pipelines);
  expect(await world.show(run)).toMatchObject({ state: "succeeded", steps: { done: 2, cached: 1 } });
});
