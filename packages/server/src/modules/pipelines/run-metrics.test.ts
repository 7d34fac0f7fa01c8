import { afterAll, beforeAll, expect, test } from "vitest";
import { countQueries } from "../../db/count-queries.ts";
import { runMetrics } from "./run-metrics.ts";
import { createFakeRunner, honestScript } from "./testing/fake-runner.ts";
import { testProject } from "./testing/test-project.ts";
import { createTestWorld, type TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.drop());

async function read(): Promise<Record<string, number>> {
  const families = await runMetrics(world.ctx);
  return Object.fromEntries(
    families.flatMap(({ name, samples }) => samples.map(({ labels, value }) => [`${name} ${labels?.state}`, value])),
  );
}

test("runs are counted while they are open, and once more as they end; a scrape costs the same after any number", async () => {
  await world.push(testProject());
  const number = await world.start("train");
  expect(await read()).toEqual({ "pave_runs_open queued": 1 });
  const atFirst = await countQueries(world.ctx, runMetrics);
  await createFakeRunner(world).drain(world.pipelines);
  const seconds = expect.any(Number);
  expect(await read()).toEqual({
    "pave_runs_ended_total succeeded": 1,
    "pave_run_duration_seconds_total succeeded": seconds,
  });

  await world.start("train", { refresh: true });
  const failing = createFakeRunner(world, (work) =>
    work.step === "make" ? { end: { outcome: "failed", reason: "exit", exitCode: 1 } } : honestScript(work),
  );
  await failing.drain(world.pipelines);
  expect(await read()).toMatchObject({ "pave_runs_ended_total succeeded": 1, "pave_runs_ended_total failed": 1 });
  expect(await countQueries(world.ctx, runMetrics)).toBe(atFirst);
  expect(number).toBe(1);
});
