import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createFakeRunner, goodCheck, honestScript, type Script } from "./testing/fake-runner.ts";
import { type TestProjectOptions, testProject } from "./testing/test-project.ts";
import { createTestWorld, type TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.drop());
beforeEach(() => {
  world.finished.length = 0;
});

/** Runs the project to its end. */
async function runToEnd(script: Script = honestScript, options: TestProjectOptions = {}) {
  await world.push(testProject(options));
  const runner = createFakeRunner(world, script);
  const number = await world.start("train", { refresh: true });
  await runner.drain(world.pipelines);
  return { number, run: await world.show(number), runner };
}
/** Everything honest, but for one step. */
const but =
  (step: string, played: Script): Script =>
  (work) =>
    work.step === step ? played(work) : honestScript(work);
const failing = (reason: "exit" | "oom" | "timeout" | "killed" | "infra", message: string | null = null): Script => {
  return () => ({
    end: { outcome: "failed", reason, message, exitCode: 1, signal: reason === "killed" ? "SIGKILL" : null },
  });
};
const stateOf = (run: Awaited<ReturnType<TestWorld["show"]>>) =>
  run.graph.map((step) => `${step.name} ${step.state}`).join(", ");
const stepOf = (run: Awaited<ReturnType<TestWorld["show"]>>, name: string) => {
  const step = run.graph.find((step) => step.name === name);
  if (!step) throw new Error(`no step ${name}`);
  return step;
};

test("a run goes from step to step, registers its model and succeeds", async () => {
  await world.push(testProject());
  const runner = createFakeRunner(world);
  const number = await world.start("train", { message: "the first one" });
  expect(await world.show(number)).toMatchObject({
    state: "queued",
    steps: { total: 5, done: 0, failed: 0, cached: 0 },
  });
  await runner.drain(world.pipelines);

  const run = await world.show(number);
  expect(runner.played).toEqual(["make", "split", "train", "evaluate", "check-model"]);
  expect(run).toMatchObject({
    kind: "pipeline",
    state: "succeeded",
    note: "the first one",
    message: null,
    vars: { depth: 6 },
    steps: { total: 5, done: 5, failed: 0, cached: 0 },
    metrics: { auc: 0.7, loss: 0.2 },
    models: [{ name: "flights", version: "1" }],
    requestedBy: { kind: "user", name: "ada" },
    usage: {
      wallSeconds: 10,
      cpuSeconds: 5,
      peakMemoryBytes: 1e9,
      energyMethod: expect.stringContaining("CodeCarbon"),
    },
  });
  expect(run.usage?.energyJoules).toBeCloseTo(5 * 4 + 10 * 0.375);
  expect(run.usage?.gramsCo2e).toBeCloseTo(((5 * 4 + 10 * 0.375) / 3.6e6) * 500);
  expect(run.graph.map((step) => [step.name, step.kind, step.needs])).toEqual([
    ["make", "command", []],
    ["split", "command", ["make"]],
    ["train", "command", ["split"]],
    ["evaluate", "command", ["train", "split"]],
    ["register-flights", "register", ["train", "evaluate"]],
  ]);
  expect(stepOf(run, "make")).toMatchObject({
    inputs: { source: "data/flights.csv" },
    attempts: [{ number: 1, state: "succeeded", exitCode: 0 }],
  });
  expect(stepOf(run, "train")).toMatchObject({
    params: { target: "late", depth: 6 },
    inputs: { train: "split.train" },
    metrics: { auc: 0.9, loss: 0.2 },
  });
  expect(
    stepOf(run, "train").outputs.map(({ port, artifact }) => [
      port,
      artifact?.type,
      artifact?.files.length,
      artifact?.run,
    ]),
  ).toEqual([
    ["model", "model", 2, { number, step: "train" }],
    ["metrics", "metrics", 1, { number, step: "train" }],
  ]);
  expect(world.finished).toEqual([
    expect.objectContaining({ number, kind: "pipeline", state: "succeeded", message: null }),
  ]);

  const events = await world.ctx.db
    .selectFrom("ledger_events")
    .select(["type", "result"])
    .where("subject_id", "=", run.id)
    .orderBy("seq")
    .execute();
  expect(events).toEqual([
    { type: "run.requested", result: "ok" },
    { type: "run.finished", result: "ok" },
  ]);
});

test("the runner gets files by signed URL, the file of an input, resolved params and a token of the run alone", async () => {
  await world.push(testProject());
  await world.start("train", { refresh: true });
  await world.pipelines.tickRuns(world.ctx);
  const runner = createFakeRunner(world);
  const [claimed] = await runner.claim();
  if (claimed?.payload.kind !== "command") throw new Error("expected a command");
  const { payload } = claimed;
  expect(payload).toMatchObject({
    step: "make",
    attempt: 1,
    project: "flights",
    command: ["node", "step.ts"],
    builtin: null,
    inputs: {
      source: {
        type: "dataset",
        format: "csv",
        files: [{ path: "flights.csv", url: expect.stringContaining("/blobs/") }],
      },
    },
    outputs: { table: { type: "dataset", format: "csv", required: true } },
    python: null,
    limits: { timeoutMs: 3_600_000, memoryBytes: null, cpu: null },
  });
  expect(payload.code.map((file) => file.path)).toEqual(["component.yaml"]);

  const tokenRow = () =>
    world.ctx.db
      .selectFrom("tokens as t")
      .innerJoin("principals as p", "p.id", "t.principal_id")
      .select(["t.kind as kind", "t.scopes as scopes", "t.revoked_at as revokedAt", "p.kind as principal"])
      .where("t.name", "like", "attempt %")
      .orderBy("t.created_at", "desc")
      .limit(1)
      .executeTakeFirst();
  expect(payload.token).not.toBe("");
  expect(await tokenRow()).toEqual({ kind: "run", scopes: ["run.self"], revokedAt: null, principal: "run" });
  await runner.finish(claimed);
  expect(await tokenRow()).toMatchObject({ revokedAt: expect.any(Date) });
  await runner.drain(world.pipelines);
});

test("a failed step skips what depends on it, lets the rest go on and says why in one line", async () => {
  const other = { uses: "./steps/make", with: { source: "data/flights.csv" }, needs: ["make"] };
  const options = { steps: { train: {}, split: {} }, spec: {} };
  const project = testProject(options);
  const spec = JSON.parse(project["pave.yaml"] ?? "");
  spec.pipelines.train.steps.other = other;
  await world.push({ ...project, "pave.yaml": JSON.stringify(spec) });
  const script = but(
    "train",
    failing("exit", "reading rows\nerror: train.py: expected a column late, found none; add it\n"),
  );
  const runner = createFakeRunner(world, (work) =>
    work.step === "other" ? { outputs: { table: "t" } } : script(work),
  );
  const number = await world.start("train", { refresh: true });
  await runner.drain(world.pipelines);

  const run = await world.show(number);
  expect(stateOf(run)).toBe(
    "make succeeded, split succeeded, train failed, evaluate skipped, other succeeded, register-flights skipped",
  );
  expect(run).toMatchObject({
    state: "failed",
    message: "step train failed: train.py: expected a column late, found none; add it",
    steps: { total: 6, done: 3, failed: 1 },
  });
  expect(stepOf(run, "evaluate").message).toBe("not run, because train failed");
  expect(stepOf(run, "train").attempts).toEqual([
    expect.objectContaining({ state: "failed", reason: "exit", exitCode: 1 }),
  ]);
});

test("a failed attempt keeps what it left to read, which is no output of the step", async () => {
  let tries = 0;
  const script = but("train", (work) => {
    tries += 1;
    const left = { report: `{"seen":${tries}}`, model: { "model.onnx": "half" }, notes: "of no declared output" };
    return { ...failing("exit", "error: cell 4")(work), outputs: left };
  });
  const { run } = await runToEnd(script, { steps: { train: { retries: 1 } } });
  const train = stepOf(run, "train");
  expect(train.outputs.map(({ artifact }) => artifact)).toEqual([null, null]);
  expect(train.attempts.map(({ reports }) => reports.map(({ name, type }) => [name, type]))).toEqual(
    Array(2).fill([["train.report", "report"]]),
  );
  const [first, second] = train.attempts.map(({ reports }) => reports[0]);
  expect(first).toMatchObject({ run: { number: run.number, step: "train" }, files: [{ path: "report.json" }] });
  expect(second?.digest).not.toBe(first?.digest);

  const lost = { path: "r.json", digest: `sha256:${"0".repeat(64)}`, size: 3, executable: false };
  const report = { port: "report", type: "report" as const, format: "json", files: [lost], metadata: {} };
  const { end } = failing("exit", "error: cell 4")({} as never);
  const { run: other } = await runToEnd(but("train", () => ({ end: { ...end, outputs: [report] } })));
  expect(other.message).toBe("step train failed: cell 4");
  expect(stepOf(other, "train").attempts[0]?.reports).toEqual([]);
});

test.each([
  [
    "oom",
    "step train failed: it needed more memory than its limit of 512 MiB; raise limits.memory, or read less at once",
  ],
  ["timeout", "step train failed: it ran longer than its limit of 90 s; raise `timeout`, or do less"],
  ["killed", "step train failed: it was killed by SIGKILL"],
  ["exit", "step train failed: it ended with exit code 1 and said nothing; see its log"],
] as const)("a step that ends by %s and says nothing is explained", async (reason, message) => {
  const components = { train: { limits: { timeout: "90s", memory: "512Mi" } } };
  const { run } = await runToEnd(but("train", failing(reason)), { components });
  expect(run.message).toBe(message);
});

test.each<[string, Script, string]>([
  [
    "writes no output",
    () => ({ outputs: { metrics: "{}" } }),
    "step train failed: the output model is missing: expected a file model.<format> or a folder model/ in PAVE_OUTPUT, found nothing",
  ],
  [
    "writes an output that is not declared",
    (work) => ({ outputs: { ...honestScript(work).outputs, modle: "x" } }),
    "step train failed: the output modle: the component declares no such output; it declares model, metrics",
  ],
])("a step that %s fails although it says it succeeded", async (_, script, message) => {
  const { run } = await runToEnd(but("train", script));
  expect(run).toMatchObject({ state: "failed", message });
});

test("an output whose bytes never arrived counts as a failure of the platform, and is tried again", async () => {
  let tries = 0;
  const lost = { path: "t.csv", digest: `sha256:${"0".repeat(64)}`, size: 3, executable: false };
  const script = but("make", (work) => {
    tries += 1;
    if (tries > 1) return honestScript(work);
    return { end: { outputs: [{ port: "table", type: "dataset", format: "csv", files: [lost], metadata: {} }] } };
  });
  const { run } = await runToEnd(script);
  expect(run.state).toBe("succeeded");
  expect(stepOf(run, "make").attempts.map((attempt) => attempt.reason)).toEqual(["infra", null]);
});

test("a step is tried again as often as its project says", async () => {
  const tries: number[] = [];
  const script = but("train", (work) => {
    tries.push(work.attempt);
    return work.attempt < 3 ? failing("exit", "error: unlucky")(work) : honestScript(work);
  });
  const { run } = await runToEnd(script, { steps: { train: { retries: 2 } } });
  expect(tries).toEqual([1, 2, 3]);
  expect(stepOf(run, "train").message).toBeNull();
  expect(run.state).toBe("succeeded");
  expect(stepOf(run, "train").attempts.map((attempt) => attempt.state)).toEqual(["failed", "failed", "succeeded"]);

  const { run: second } = await runToEnd(but("train", failing("exit", "error: never")), {
    steps: { train: { retries: 1 } },
  });
  expect(second.message).toBe("step train failed: never");
  expect(stepOf(second, "train").attempts).toHaveLength(2);
});

test("failures of the platform are tried again three times, whatever the step says", async () => {
  const { run } = await runToEnd(but("train", failing("infra", "the disk is full")));
  expect(stepOf(run, "train").attempts).toHaveLength(4);
  expect(run.message).toBe("step train failed: the disk is full");
});

test("a model that cannot be served fails its registration with the check's sentence", async () => {
  await world.push(testProject());
  const problem = "reference row 1: expected probability 0.2 as recorded in training, found 0.9 in serving";
  const runner = createFakeRunner(world, honestScript, { ...goodCheck, ok: false, problem });
  const before = await world.ctx.db.selectFrom("model_versions").select("version").execute();
  const number = await world.start("train", { refresh: true });
  await runner.drain(world.pipelines);
  const run = await world.show(number);
  expect(run).toMatchObject({ state: "failed", message: `step register-flights failed: ${problem}`, models: [] });
  expect(await world.ctx.db.selectFrom("model_versions").select("version").execute()).toEqual(before);
});

test("steps that need nothing of each other run at the same time", async () => {
  const project = testProject();
  const spec = JSON.parse(project["pave.yaml"] ?? "");
  spec.pipelines.train.steps.make2 = spec.pipelines.train.steps.make;
  await world.push({ ...project, "pave.yaml": JSON.stringify(spec) });
  await world.start("train", { refresh: true });
  await world.pipelines.tickRuns(world.ctx);
  const runner = createFakeRunner(world, (work) =>
    work.step === "make2" ? { outputs: { table: "2" } } : honestScript(work),
  );
  const claimed = await runner.claim();
  expect(claimed.map(({ payload }) => payload.kind === "command" && payload.step).sort()).toEqual(["make", "make2"]);
  for (const item of claimed) await runner.finish(item);
  await runner.drain(world.pipelines);
});

test("metrics and params are tracked as in MLflow: a run of its own for each attempt, below the pipeline's", async () => {
  const { run } = await runToEnd(honestScript);
  const { tracked_run_id: parent } = await world.ctx.db
    .selectFrom("runs")
    .select("tracked_run_id")
    .where("id", "=", run.id)
    .executeTakeFirstOrThrow();
  const latest = async (runId: string) =>
    Object.fromEntries(
      (
        await world.ctx.db.selectFrom("latest_metrics").select(["key", "value"]).where("run_id", "=", runId).execute()
      ).map((row) => [row.key, row.value]),
    );
  const params = (
    await world.ctx.db
      .selectFrom("tracked_params")
      .select(["key", "value"])
      .where("run_id", "=", parent ?? "")
      .orderBy("key")
      .execute()
  ).map((row) => `${row.key}=${row.value}`);
  const children = await world.ctx.db
    .selectFrom("tracked_runs")
    .select(["run_id as id", "name", "status"])
    .where("parent_run_id", "=", parent)
    .orderBy("start_time")
    .execute();

  expect(params).toEqual(["train.depth=6", "train.target=late"]);
  // Training gives auc 0.9, evaluation 0.7: the later step's is the latest.
  expect(await latest(parent ?? "")).toEqual({ auc: 0.7, loss: 0.2 });
  expect(children.map((child) => `${child.name} ${child.status}`)).toEqual([
    "make FINISHED",
    "split FINISHED",
    "train FINISHED",
    "evaluate FINISHED",
    "register-flights FINISHED",
  ]);
  expect(await latest(children[2]?.id ?? "")).toEqual({ auc: 0.9, loss: 0.2 });
  const pipelineRun = await world.ctx.db
    .selectFrom("tracked_runs")
    .select(["status", "end_time"])
    .where("run_id", "=", parent ?? "")
    .executeTakeFirst();
  expect(pipelineRun).toEqual({ status: "FINISHED", end_time: expect.any(Date) });
});

test("a version remembers where it came from", async () => {
  const { run, number } = await runToEnd(honestScript);
  const [model] = run.models;
  const row = await world.ctx.db
    .selectFrom("model_versions")
    .select([
      "card",
      "metrics",
      "signature",
      "lineage",
      "run_id as runId",
      "evaluate_component as judge",
      "status",
      "created_by as by",
    ])
    .where("model", "=", "flights")
    .where("version", "=", Number(model?.version))
    .executeTakeFirstOrThrow();
  const test = stepOf(run, "split").outputs.find(({ port }) => port === "test")?.artifact;
  const train = stepOf(run, "split").outputs.find(({ port }) => port === "train")?.artifact;
  expect(number).toBe(run.number);
  expect(row).toMatchObject({
    runId: run.id,
    card: "# Late flights",
    metrics: { auc: 0.7 },
    judge: "./steps/evaluate",
    status: "READY",
    signature: {
      inputs: [{ name: "delay", type: "double", required: true }],
      outputs: [{ name: "label", type: "string", required: true }],
    },
    by: run.requestedBy.id,
  });
  expect(row.lineage).toMatchObject({
    datasets: [
      { name: "data/flights.csv", rows: null },
      { name: "split.train", digest: train?.digest, rows: 1 },
      { name: "split.test", digest: test?.digest, rows: 1 },
    ],
    components: [{ step: "make" }, { step: "split" }, { step: "train", uses: "./steps/train" }, { step: "evaluate" }],
    evaluation: { step: "evaluate", uses: "./steps/evaluate", reportArtifactId: expect.any(String) },
  });
});
