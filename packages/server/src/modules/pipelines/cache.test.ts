import { afterAll, beforeAll, expect, test } from "vitest";
import { logMetrics } from "../tracking/index.ts";
import { createFakeRunner, honestScript } from "./testing/fake-runner.ts";
import { type TestProjectOptions, testProject } from "./testing/test-project.ts";
import { createTestWorld, type TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
  await run();
});
afterAll(() => world.drop());

/** Runs the project to its end; gives the run and the steps that a runner had to do. */
async function run(options: TestProjectOptions = {}, over: Parameters<TestWorld["start"]>[1] = {}) {
  await world.push(testProject(options));
  const runner = createFakeRunner(world, honestScript);
  const number = await world.start("train", over);
  await runner.drain(world.pipelines);
  const shown = await world.show(number);
  expect(shown.state).toBe("succeeded");
  const misses = Object.fromEntries(
    shown.graph.flatMap((step) => (step.cacheMiss === null ? [] : [[step.name, step.cacheMiss]])),
  );
  return { run: shown, played: runner.played, misses };
}

test("a run of which nothing changed takes everything from the cache, in one go, and registers nothing new", async () => {
  await world.push(testProject());
  const number = await world.start();
  await world.pipelines.tickRuns(world.ctx);
  const run = await world.show(number);
  expect(run).toMatchObject({
    state: "succeeded",
    steps: { total: 5, done: 5, cached: 4 },
    metrics: { auc: 0.7, loss: 0.2 },
  });
  expect(run.models).toEqual([{ name: "flights", version: "1" }]);
  expect(run.graph.map((step) => [step.name, step.cached?.run ?? null, step.attempts.length])).toEqual([
    ["make", 1, 0],
    ["split", 1, 0],
    ["train", 1, 0],
    ["evaluate", 1, 0],
    ["register-flights", null, 0],
  ]);
  expect(run.graph.at(-1)?.message).toBe("this model is flights version 1 already");
  expect(await world.ctx.db.selectFrom("model_versions").select("version").execute()).toHaveLength(1);
  const { id } = run;
  const tracked = await world.ctx.db
    .selectFrom("latest_metrics as m")
    .innerJoin("runs as r", "r.tracked_run_id", "m.run_id")
    .select(["m.key as key", "m.value as value"])
    .where("r.id", "=", id)
    .orderBy("m.key")
    .execute();
  expect(tracked).toEqual([
    { key: "auc", value: 0.7 },
    { key: "loss", value: 0.2 },
  ]);
});

test("what an attempt's code logged itself comes along from the cache, below what the step gave as its metrics", async () => {
  const { trackedRunId } = await world.ctx.db
    .selectFrom("attempts as a")
    .innerJoin("steps as s", "s.id", "a.step_id")
    .select("a.tracked_run_id as trackedRunId")
    .where("s.name", "=", "train")
    .executeTakeFirstOrThrow();
  const time = new Date();
  await logMetrics(world.ctx, trackedRunId ?? "", [
    { key: "epoch_loss", value: 0.1, step: 9, time },
    { key: "auc", value: 0.99, step: 9, time },
  ]);
  const number = await world.start();
  await world.pipelines.tickRuns(world.ctx);
  const tracked = await world.ctx.db
    .selectFrom("latest_metrics as m")
    .innerJoin("runs as r", "r.tracked_run_id", "m.run_id")
    .select(["m.key as key", "m.value as value"])
    .where("r.number", "=", number)
    .orderBy("m.key")
    .execute();
  expect(tracked).toEqual([
    { key: "auc", value: 0.7 },
    { key: "epoch_loss", value: 0.1 },
    { key: "loss", value: 0.2 },
  ]);
});

test("a changed param runs its step and what follows, and says so", async () => {
  const { played, misses, run: shown } = await run({}, { vars: { depth: 7 } });
  expect(played).toEqual(["train", "evaluate", "check-model"]);
  expect(misses).toEqual({ train: "param depth changed from 6 to 7", evaluate: "input model changed" });
  expect(shown.models).toEqual([{ name: "flights", version: "2" }]);
});

test("changed code runs its step, and only what its result changes", async () => {
  const { played, misses } = await run({ files: { "steps/train/step.ts": "// trains better" } });
  expect(misses).toEqual({ train: expect.stringMatching(/^code of steps\/train changed: step\.ts/) });
  // The honest script writes the same model again: what follows is cached by content.
  expect(played).toEqual(["train", "check-model"]);
});

test("a cached model that is judged otherwise is a version of its own, with the metrics that the run shows", async () => {
  await world.push(testProject({ files: { "steps/evaluate/step.ts": "// judges otherwise" } }));
  const runner = createFakeRunner(world, (work) =>
    work.step === "evaluate"
      ? { outputs: { metrics: `{"auc":0.6}`, report: `{"curve":[1]}` }, metrics: { auc: 0.6 } }
      : honestScript(work),
  );
  const number = await world.start();
  await runner.drain(world.pipelines);
  expect(runner.played).toEqual(["evaluate", "check-model"]);
  const [made] = (await world.show(number)).models;
  const row = await world.ctx.db
    .selectFrom("model_versions")
    .select("metrics")
    .where("version", "=", Number(made?.version))
    .executeTakeFirst();
  expect(row?.metrics).toEqual({ auc: 0.6 });
  const again = await world.start();
  await world.pipelines.tickRuns(world.ctx);
  expect((await world.show(again)).models).toEqual([made]);
});

test("changed data runs everything", async () => {
  const { played, misses } = await run({ files: { "data/flights.csv": "delay,late\n3,0\n" } });
  expect(played).toEqual(["make", "split", "train", "evaluate", "check-model"]);
  expect(misses).toMatchObject({ make: "input source changed", split: "input table changed" });
});

test("changed limits, requests and summaries change no result", async () => {
  await run();
  const components = {
    train: { limits: { timeout: "5m", retries: { max: 1, on: ["oom"] } }, requests: { cpu: 4 }, summary: "Trains" },
  };
  const { run: shown } = await run({ components });
  // component.yaml itself is a file of the step's folder, but what it says about limits is not part of the code.
  expect(shown.graph.find((step) => step.name === "train")?.cached).not.toBeNull();
});

test("a refresh runs every step, and its results serve from then on", async () => {
  const { played, misses } = await run({}, { refresh: true });
  expect(played).toEqual(["make", "split", "train", "evaluate", "check-model"]);
  expect(misses).toMatchObject({ make: "a refresh was asked for" });
  const again = await run();
  expect(again.played).toEqual([]);
  expect(again.run.graph[0]?.cached).toEqual({ run: again.run.number - 1, attempt: expect.any(String) });
});

test("a step with `cache: off` always runs; one with `cache: refresh` too", async () => {
  const off = { steps: { split: { cache: "off" } } };
  expect((await run(off)).played).toEqual(["split"]);
  expect((await run(off)).played).toEqual(["split"]);
  expect((await run({ steps: { split: { cache: "refresh" } } })).played).toEqual(["split"]);
});

test("a result whose files are gone is no hit", async () => {
  const before = await run();
  const table = before.run.graph[0]?.outputs[0]?.artifact;
  await world.ctx.db
    .deleteFrom("blobs")
    .where("digest", "=", table?.files[0]?.digest ?? "")
    .execute();
  const { played, misses } = await run();
  expect(played).toEqual(["make"]);
  expect(misses).toEqual({ make: "files of the earlier result are gone" });
});

test("a step waits for a run that makes the same at that moment, and takes its result", async () => {
  await world.push(testProject({ files: { "data/flights.csv": "delay,late\n9,1\n" } }));
  const first = await world.start();
  const second = await world.start();
  await world.pipelines.tickRuns(world.ctx);
  expect((await world.show(second)).graph[0]).toMatchObject({
    state: "ready",
    message: `waits for run ${first}, which makes the same`,
    attempts: [],
  });
  const runner = createFakeRunner(world, honestScript);
  await runner.drain(world.pipelines);
  expect(runner.played.filter((step) => step !== "check-model")).toEqual(["make", "split", "train", "evaluate"]);
  expect((await world.show(second)).models).toEqual((await world.show(first)).models);
  expect(await world.show(second)).toMatchObject({ state: "succeeded", steps: { cached: 4 } });
});

test("another project shares nothing", async () => {
  const other = await createTestWorld("trains");
  try {
    await other.push(testProject({ name: "trains" }));
    const runner = createFakeRunner(other, honestScript);
    const number = await other.start();
    await runner.drain(other.pipelines);
    expect((await other.show(number)).graph[0]?.cacheMiss).toBe("there is no earlier result of this step");
  } finally {
    await other.drop();
  }
});
