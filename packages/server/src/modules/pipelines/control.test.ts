import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PaveError } from "../../kernel/pave-error.ts";
import { createFakeRunner, honestScript, type Script } from "./testing/fake-runner.ts";
import { testProject } from "./testing/test-project.ts";
import { createTestWorld, type TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.push(testProject());
});

const stateOf = async (run: number) => {
  const { state, graph } = await world.show(run);
  return { state, steps: graph.map((step) => `${step.name} ${step.state}`).join(", ") };
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof PaveError ? error.code : String(error)),
  );
const failTrain: Script = (work) =>
  work.step === "train" ? { end: { outcome: "failed", reason: "exit", message: "error: no" } } : honestScript(work);
const start = () => world.start("train", { refresh: true });
const idOf = async (run: number) => (await world.show(run)).id;

describe("cancel", () => {
  test("a queued run ends at once, with work that nobody has", async () => {
    const number = await start();
    await world.pipelines.tickRuns(world.ctx);
    await world.pipelines.cancelRun(world.ctx, await idOf(number));
    expect(await stateOf(number)).toEqual({
      state: "cancelled",
      steps: "make cancelled, split cancelled, train cancelled, evaluate cancelled, register-flights cancelled",
    });
    expect(await createFakeRunner(world).claim()).toEqual([]);
  });

  test("a running run waits for its runner to stop, and asking twice changes nothing", async () => {
    const number = await start();
    await world.pipelines.tickRuns(world.ctx);
    const runner = createFakeRunner(world, () => ({ end: { outcome: "cancelled", reason: "cancelled" } }));
    const [claimed] = await runner.claim();
    if (!claimed) throw new Error("nothing claimed");
    const id = await idOf(number);
    await world.pipelines.cancelRun(world.ctx, id);
    await world.pipelines.cancelRun(world.ctx, id);
    expect(await world.show(number)).toMatchObject({ state: "running", cancelRequested: true });
    const item = {
      workId: claimed.workId,
      fence: claimed.fence,
      state: "running",
      startedAt: null,
      note: null,
    } as const;
    const [answer] = await world.jobs.heartbeatWork(world.ctx, { runnerId: runner.runnerId, items: [item] });
    expect(answer?.verdict).toBe("cancel");
    await runner.finish(claimed);
    expect((await stateOf(number)).state).toBe("cancelled");
    expect((await world.show(number)).graph[0]?.attempts[0]).toMatchObject({ state: "cancelled", reason: "cancelled" });
    await world.pipelines.cancelRun(world.ctx, id);
  });

  test("a run whose canceller died on the way is stopped by the reconciler", async () => {
    const number = await start();
    await world.pipelines.tickRuns(world.ctx);
    await world.ctx.db.updateTable("runs").set({ cancel_requested: true }).where("number", "=", number).execute();
    await world.pipelines.tickRuns(world.ctx);
    expect((await stateOf(number)).state).toBe("cancelled");
  });

  test("no step is tried again once a cancel was asked for", async () => {
    const number = await start();
    await world.pipelines.tickRuns(world.ctx);
    const runner = createFakeRunner(world, () => ({ end: { outcome: "failed", reason: "infra", message: "lost" } }));
    const [claimed] = await runner.claim();
    if (!claimed) throw new Error("nothing claimed");
    await world.pipelines.cancelRun(world.ctx, await idOf(number));
    await runner.finish(claimed);
    expect((await world.show(number)).graph[0]?.attempts).toHaveLength(1);
    expect((await stateOf(number)).state).toBe("cancelled");
  });

  test("a run that has ended cannot be cancelled", async () => {
    const number = await start();
    await createFakeRunner(world).drain(world.pipelines);
    expect(await codeOf(world.pipelines.cancelRun(world.ctx, await idOf(number)))).toBe("run.already_finished");
  });
});

describe("retry", () => {
  test("runs what failed and was skipped again in the same run; what succeeded stays", async () => {
    const number = await start();
    await createFakeRunner(world, failTrain).drain(world.pipelines);
    expect((await stateOf(number)).state).toBe("failed");
    await world.pipelines.retryRun(world.ctx, await idOf(number));
    expect(await world.show(number)).toMatchObject({ state: "running", message: null, finishedAt: null });
    const runner = createFakeRunner(world);
    await runner.drain(world.pipelines);
    expect(runner.played).toEqual(["train", "evaluate", "check-model"]);
    const run = await world.show(number);
    expect(run).toMatchObject({ state: "succeeded", message: null });
    expect(run.graph.find((step) => step.name === "train")?.attempts.map((attempt) => attempt.number)).toEqual([1, 2]);
  });

  test("begins to count tries anew", async () => {
    await world.push(testProject({ steps: { train: { retries: 1 } } }));
    const number = await start();
    await createFakeRunner(world, failTrain).drain(world.pipelines);
    await world.pipelines.retryRun(world.ctx, await idOf(number));
    await createFakeRunner(world, failTrain).drain(world.pipelines);
    expect((await world.show(number)).graph.find((step) => step.name === "train")?.attempts).toHaveLength(4);
  });

  test("goes on with a cancelled run", async () => {
    const number = await start();
    await world.pipelines.tickRuns(world.ctx);
    await world.pipelines.cancelRun(world.ctx, await idOf(number));
    await world.pipelines.retryRun(world.ctx, await idOf(number));
    await createFakeRunner(world).drain(world.pipelines);
    expect(await world.show(number)).toMatchObject({ state: "succeeded", cancelRequested: false });
  });

  test("refuses runs that succeeded or are not over", async () => {
    const number = await start();
    expect(await codeOf(world.pipelines.retryRun(world.ctx, await idOf(number)))).toBe("run.not_retryable");
    await createFakeRunner(world).drain(world.pipelines);
    expect(await codeOf(world.pipelines.retryRun(world.ctx, await idOf(number)))).toBe("run.not_retryable");
  });
});

describe("a start that is refused writes nothing", () => {
  const counts = async () => {
    const [runs, steps, work, principals] = await Promise.all(
      (["runs", "steps", "work", "principals"] as const).map((table) =>
        world.ctx.db.selectFrom(table).select("id").execute(),
      ),
    );
    return [runs?.length, steps?.length, work?.length, principals?.length];
  };
  const refused = async (promise: () => Promise<unknown>) => {
    const before = await counts();
    const error = await promise().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(await counts()).toEqual(before);
    return error;
  };

  test.each([
    ["an unknown pipeline", { pipeline: "trian" }, {}, /there is no pipeline `trian`.*train/],
    ["an unknown variable", { vars: { dept: 3 } }, {}, /there is no variable `dept`.*depth/],
    ["a variable of another type", { vars: { depth: "deep" } }, {}, /depth.*expected a/],
    ["a variable that its param does not take", { vars: { depth: 0 } }, {}, /depth.*at least 1/],
    ["a missing file", {}, { steps: { make: { with: { source: "data/none.csv" } } } }, /data\/none\.csv/],
    ["a cycle", {}, { steps: { make: { needs: ["evaluate"] } } }, /circle/],
    [
      "a port of another type",
      {},
      { steps: { evaluate: { inputs: { model: "split.train", test: "split.test" } } } },
      /does not fit/,
    ],
    [
      "a card that is not there",
      {},
      { spec: { models: { flights: { from: "train.train.model", card: "none.md" } } } },
      /none\.md/,
    ],
  ])("%s", async (_, over, options, message) => {
    await world.push(testProject(options));
    const error = await refused(() => world.start("train", over));
    expect(error).toMatchObject({ code: "spec.invalid", message: expect.stringMatching(message) });
  });

  test("a model name of another project", async () => {
    await world.ctx.db
      .insertInto("projects")
      .values({ id: "p2", name: "other", title: "Other", owner: "platform", created_by: "system" })
      .execute();
    await world.ctx.db.insertInto("registered_models").values({ name: "taken", project_id: "p2" }).execute();
    await world.push(testProject({ spec: { models: { taken: { from: "train.train.model" } } } }));
    const error = await refused(start);
    expect(error).toMatchObject({
      code: "model.invalid",
      message: "The model name taken belongs to the project other",
    });
  });

  test("a revision that is not there", async () => {
    expect(await refused(() => world.start("train", { revision: "999" }))).toMatchObject({
      code: "revision.not_found",
    });
  });
});

describe("Python environments", () => {
  const lock = `numpy==2.0.0 --hash=sha256:${"a".repeat(64)}\n`;
  const project = () =>
    testProject({
      spec: { python: { requires: ">=3.11", lock: "requirements.lock" } },
      components: { train: { run: { command: ["python", "train.py"] } } },
      files: { "requirements.lock": lock },
    });

  test("only steps that need Python wait for it; a failed build fails them, and a retry builds again", async () => {
    await world.push(project());
    const number = await start();
    const runner = createFakeRunner(world);
    const failing = { ...runner };
    await world.pipelines.tickRuns(world.ctx);
    const claimed = await failing.claim();
    expect(claimed.map(({ payload }) => payload.kind).sort()).toEqual(["command", "python-environment"]);
    for (const item of claimed) if (item.payload.kind === "command") await runner.finish(item);
    await world.pipelines.tickRuns(world.ctx);
    for (const item of await runner.claim()) await runner.finish(item);
    await world.pipelines.tickRuns(world.ctx);
    const waiting = await world.show(number);
    expect(waiting.graph.map((step) => `${step.name} ${step.state}`).slice(0, 3)).toEqual([
      "make succeeded",
      "split succeeded",
      "train ready",
    ]);
    expect(waiting.graph[2]?.message).toBe("waits for the Python environment to be built");
    expect(waiting.pythonEnvironment).toMatchObject({ state: "queued", digest: null });

    const build = claimed.find(({ payload }) => payload.kind === "python-environment");
    if (!build) throw new Error("no build");
    const { finishBody } = await import("./testing/fake-runner.ts");
    const message = "numpy==2.0.0 cannot be had";
    await world.jobs.finishWork(world.ctx, {
      workId: build.workId,
      ...finishBody(build.fence),
      outcome: "failed",
      reason: "environment",
      message,
    });
    await runner.drain(world.pipelines);
    expect(await world.show(number)).toMatchObject({
      state: "failed",
      message: "step train failed: the Python environment could not be built: numpy==2.0.0 cannot be had",
    });

    await world.pipelines.retryRun(world.ctx, await idOf(number));
    await runner.drain(world.pipelines);
    expect(await world.show(number)).toMatchObject({
      state: "succeeded",
      pythonEnvironment: { state: "ready", digest: expect.stringContaining("sha256:e") },
    });
    const version = await world.ctx.db
      .selectFrom("model_versions")
      .select("python_environment_digest as digest")
      .orderBy("version", "desc")
      .executeTakeFirst();
    expect(version?.digest).toBe(`sha256:${"e".repeat(64)}`);
  });

  test("what is installed is part of the cache key", async () => {
    await world.push(project());
    const first = await world.start();
    await createFakeRunner(world).drain(world.pipelines);
    await world.ctx.db
      .updateTable("python_environments")
      .set({ digest: `sha256:${"f".repeat(64)}` })
      .execute();
    const second = await world.start();
    const runner = createFakeRunner(world);
    await runner.drain(world.pipelines);
    expect((await world.show(first)).state).toBe("succeeded");
    expect(runner.played).toEqual(["train", "check-model"]);
    expect((await world.show(second)).graph.find((step) => step.name === "train")?.cacheMiss).toBe(
      "Python environment changed",
    );
  });
});

test("an evaluation judges a model that is there on data that is there, once", async () => {
  const number = await start();
  await createFakeRunner(world).drain(world.pipelines);
  const { graph } = await world.show(number);
  const artifact = (step: string, port: string) =>
    graph.find(({ name }) => name === step)?.outputs.find((output) => output.port === port)?.artifact?.id ?? "";
  const evaluation = {
    projectId: world.project.id,
    project: world.project.name,
    revisionId: "latest",
    modelArtifactId: artifact("train", "model"),
    testArtifactId: artifact("split", "train"),
    uses: "./steps/evaluate",
    params: {},
    message: "for a plan",
  };
  const runner = createFakeRunner(world);
  for (const expected of [["evaluate"], ["evaluate"]]) {
    const { number } = await world.pipelines.startEvaluation(world.ctx, evaluation);
    await runner.drain(world.pipelines);
    expect(await world.show(number)).toMatchObject({
      kind: "evaluation",
      pipeline: "evaluation",
      state: "succeeded",
      metrics: { auc: 0.7 },
      note: "for a plan",
    });
    expect(runner.played).toEqual(expected);
  }
});
