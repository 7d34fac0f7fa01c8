import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";

let house: MlflowHouse;
let experiment: string;
beforeAll(async () => {
  house = await createMlflowHouse();
  experiment = await house.newExperiment("study");
});
afterAll(() => house.close());

const dataOf = async (runId: string) => (await house.get(`/runs/get?run_id=${runId}`)).body.run.data;
const codeOf = ({ status, body }: { status: number; body: { error_code: string } }) => [status, body.error_code];

describe("experiments", () => {
  test("are made once by name, also when deleted, and belong to one project each", async () => {
    expect(codeOf(await house.post("/experiments/create", { name: "study" }))).toEqual([
      400,
      "RESOURCE_ALREADY_EXISTS",
    ]);
    const id = await house.newExperiment("going away");
    expect((await house.post("/experiments/delete", { experiment_id: id })).body).toEqual({});
    expect(codeOf(await house.post("/experiments/create", { name: "going away" }))).toEqual([
      400,
      "RESOURCE_ALREADY_EXISTS",
    ]);
    const found = await house.get("/experiments/get-by-name?experiment_name=going%20away");
    expect(found.body.experiment).toMatchObject({ experiment_id: id, lifecycle_stage: "deleted" });
    const refused = await house.post("/runs/create", { experiment_id: id });
    expect(refused.body).toMatchObject({
      error_code: "INVALID_PARAMETER_VALUE",
      message: expect.stringContaining("must be in the 'active' state. Current state is deleted."),
    });
    expect((await house.post("/experiments/create", { name: "study" }, "stranger")).status).toBe(200);
  });

  test("number 0 and Default are the project's own", async () => {
    const zero = await house.get("/experiments/get?experiment_id=0");
    const byName = await house.get("/experiments/get-by-name?experiment_name=Default");
    expect(zero.body).toEqual(byName.body);
    expect(zero.body.experiment.name).toBe("flights");
    const { experiment_id } = zero.body.experiment;
    expect(codeOf(await house.post("/experiments/delete", { experiment_id }))).toEqual([
      400,
      "INVALID_PARAMETER_VALUE",
    ]);
    const run = await house.post("/runs/create", { experiment_id: "0" });
    expect(run.body.run.info.experiment_id).toBe(experiment_id);
  });

  test("are searched page by page", async () => {
    for (const name of ["page a", "page b", "page c"]) await house.newExperiment(name);
    const search = (body: object) => house.post("/experiments/search", { filter: "name LIKE 'page%'", ...body });
    const first = (await search({ max_results: 2, order_by: ["name DESC"] })).body;
    expect(first.experiments.map(({ name }: { name: string }) => name)).toEqual(["page c", "page b"]);
    const rest = (await search({ max_results: 2, order_by: ["name DESC"], page_token: first.next_page_token })).body;
    expect(rest.experiments.map(({ name }: { name: string }) => name)).toEqual(["page a"]);
    expect(rest.next_page_token).toBeUndefined();
    expect((await search({})).body.experiments).toHaveLength(3);
  });
});

describe("runs", () => {
  test("are what was asked for, and clients of both forms of the id find them", async () => {
    const made = await house.post("/runs/create", {
      experiment_id: experiment,
      user_id: "ada",
      run_name: "first",
      start_time: "1700000000000",
      tags: [{ key: "a", value: "b" }],
    });
    const { info, data } = made.body.run;
    expect(info).toEqual({
      run_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      run_uuid: info.run_id,
      run_name: "first",
      experiment_id: experiment,
      user_id: "ada",
      status: "RUNNING",
      start_time: 1_700_000_000_000,
      artifact_uri: `mlflow-artifacts:/${experiment}/${info.run_id}/artifacts`,
      lifecycle_stage: "active",
    });
    expect(data.tags).toEqual([
      { key: "mlflow.user", value: "ada" },
      { key: "a", value: "b" },
      { key: "mlflow.runName", value: "first" },
    ]);
    const read = await house.get(`/runs/get?run_uuid=${info.run_id}`);
    expect(read.body.run.info).toEqual(info);
    const ended = await house.post("/runs/update", { run_id: info.run_id, status: 3, end_time: 1_700_000_001_000 });
    expect(ended.body.run_info).toMatchObject({ status: "FINISHED", end_time: 1_700_000_001_000 });
    expect(codeOf(await house.post("/runs/update", { run_id: info.run_id, status: "DONE" }))).toEqual([
      400,
      "INVALID_PARAMETER_VALUE",
    ]);
  });

  test("have a name even if none was given, and not two", async () => {
    const { body } = await house.post("/runs/create", { experiment_id: experiment });
    expect(body.run.info.run_name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    const tags = [{ key: "mlflow.runName", value: "b" }];
    expect((await house.post("/runs/create", { experiment_id: experiment, run_name: "a", tags })).status).toBe(400);
    const named = await house.post("/runs/create", { experiment_id: experiment, tags });
    expect(named.body.run.info.run_name).toBe("b");
    const { run_id } = named.body.run.info;
    await house.post("/runs/set-tag", { run_id, key: "mlflow.runName", value: "c" });
    expect((await house.get(`/runs/get?run_id=${run_id}`)).body.run.info.run_name).toBe("c");
  });

  test("that are deleted can be read and restored, but take nothing", async () => {
    const run_id = await house.newRun(experiment);
    await house.post("/runs/delete", { run_id });
    expect(codeOf(await house.post("/runs/log-metric", { run_id, key: "m", value: 1, timestamp: 1 }))).toEqual([
      400,
      "INVALID_PARAMETER_VALUE",
    ]);
    expect((await house.get(`/runs/get?run_id=${run_id}`)).body.run.info.lifecycle_stage).toBe("deleted");
    await house.post("/runs/restore", { run_id });
    expect((await house.post("/runs/log-metric", { run_id, key: "m", value: 1, timestamp: 1 })).status).toBe(200);
  });

  test("take everything that is sent again", async () => {
    const run_id = await house.newRun(experiment);
    const batch = {
      run_id,
      metrics: [{ key: "loss", value: 0.5, timestamp: 10, step: 1 }],
      params: [{ key: "depth", value: "3" }],
      tags: [{ key: "t", value: "1" }],
    };
    for (let round = 0; round < 3; round += 1) expect((await house.post("/runs/log-batch", batch)).body).toEqual({});
    expect((await house.get(`/metrics/get-history?run_id=${run_id}&metric_key=loss`)).body.metrics).toHaveLength(1);
    const other = await house.post("/runs/log-parameter", { run_id, key: "depth", value: "4" });
    expect(codeOf(other)).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(other.body.message).toMatch(
      /^Changing param values is not allowed\. .* new value '4'\. Log it under another name/,
    );
    await house.post("/runs/set-tag", { run_id, key: "t", value: "2" });
    expect(await dataOf(run_id)).toMatchObject({
      params: [{ value: "3" }],
      tags: expect.arrayContaining([{ key: "t", value: "2" }]),
    });
  });

  test("keep numbers that are none, and the latest by step, then time, then value", async () => {
    const run_id = await house.newRun(experiment);
    const log = (key: string, value: unknown, step: number, timestamp: number) =>
      house.post("/runs/log-metric", { run_id, key, value, step, timestamp });
    await log("nan", "NaN", 0, 1);
    await log("up", "Infinity", 0, 1);
    await log("down", "-Infinity", -5, 1);
    await log("text", "1e-3", 0, 1);
    for (const [value, step, timestamp] of [
      [1, 5, 10],
      [2, 3, 99],
      [3, 5, 11],
      [2.5, 5, 11],
    ])
      await log("last", value, step ?? 0, timestamp ?? 0);
    const { metrics } = await dataOf(run_id);
    expect(metrics).toEqual([
      { key: "down", value: -Number.MAX_VALUE, step: -5, timestamp: 1 },
      { key: "last", value: 3, step: 5, timestamp: 11 },
      { key: "nan", value: "NaN", step: 0, timestamp: 1 },
      { key: "text", value: 0.001, step: 0, timestamp: 1 },
      { key: "up", value: Number.MAX_VALUE, step: 0, timestamp: 1 },
    ]);
    const history = await house.get(`/metrics/get-history?run_id=${run_id}&metric_key=last&max_results=3`);
    expect(history.body.metrics.map(({ value }: { value: number }) => value)).toEqual([1, 2.5, 3]);
    const rest = await house.get(
      `/metrics/get-history?run_id=${run_id}&metric_key=last&max_results=3&page_token=${history.body.next_page_token}`,
    );
    expect(rest.body).toEqual({ metrics: [{ key: "last", value: 2, step: 3, timestamp: 99 }] });
  });

  test("show what they read and made, with the data sets' tags", async () => {
    const run_id = await house.newRun(experiment);
    const dataset = { name: "iris", digest: "abc", source_type: "local", source: "{}", schema: "[]", profile: "{}" };
    const body = { run_id, datasets: [{ dataset, tags: [{ key: "mlflow.data.context", value: "train" }] }] };
    for (let round = 0; round < 2; round += 1) expect((await house.post("/runs/log-inputs", body)).status).toBe(200);
    const made = await house.post("/logged-models", { experiment_id: experiment, name: "m", source_run_id: run_id });
    const { model_id } = made.body.model.info;
    await house.post("/runs/log-inputs", { run_id, models: [{ model_id }, { model_id: "m-unknown" }] });
    await house.post("/runs/outputs", { run_id, models: [{ model_id, step: "3" }] });
    const { inputs, outputs } = (await house.get(`/runs/get?run_id=${run_id}`)).body.run;
    expect(inputs).toEqual({
      dataset_inputs: [{ dataset, tags: body.datasets[0]?.tags }],
      model_inputs: [{ model_id }],
    });
    expect(outputs).toEqual({ model_outputs: [{ model_id, step: 3 }] });
    const found = await house.post("/runs/search", {
      experiment_ids: [experiment],
      filter: "datasets.name = 'iris' AND datasets.context = 'train'",
    });
    expect(found.body.runs).toHaveLength(1);
  });

  test("of clients before 3.0 gather their models in a tag", async () => {
    const run_id = await house.newRun(experiment);
    for (const artifact_path of ["a", "b"])
      await house.post("/runs/log-model", { run_id, model_json: JSON.stringify({ artifact_path }) });
    const tag = (await dataOf(run_id)).tags.find(({ key }: { key: string }) => key === "mlflow.log-model.history");
    expect(JSON.parse(tag.value)).toEqual([{ artifact_path: "a" }, { artifact_path: "b" }]);
    expect((await house.post("/runs/log-model", { run_id, model_json: "[" })).status).toBe(400);
  });
});

test("points of a metric are sampled in common steps, with the first and last of each run", async () => {
  const runs = await Promise.all([1, 2].map(() => house.newRun(experiment)));
  for (const [index, run_id] of runs.entries()) {
    const metrics = Array.from({ length: 500 + index }, (_, step) => ({
      key: "m",
      value: step,
      timestamp: step,
      step,
    }));
    await house.post("/runs/log-batch", { run_id, metrics });
  }
  const query = `run_ids=${runs[0]}&run_ids=${runs[1]}&metric_key=m`;
  const sampled = await house.get(`/metrics/get-history-bulk-interval?${query}&max_results=10`);
  const steps = (runId: string | undefined) =>
    sampled.body.metrics.flatMap((point: { run_id: string; step: number }) =>
      point.run_id === runId ? [point.step] : [],
    );
  expect(steps(runs[0]).length).toBeLessThanOrEqual(14);
  expect([steps(runs[0])[0], steps(runs[0]).at(-1)]).toEqual([0, 499]);
  expect([steps(runs[1])[0], steps(runs[1]).at(-1)]).toEqual([0, 500]);
  const part = await house.get(`/metrics/get-history-bulk-interval?${query}&start_step=10&end_step=12`);
  expect(part.body.metrics).toHaveLength(6);
  expect((await house.get(`/metrics/get-history-bulk-interval?${query}&start_step=10`)).status).toBe(400);
  expect((await house.get("/metrics/get-history-bulk-interval?metric_key=m")).status).toBe(400);
});

test("the number of queries does not grow with what is logged or found", async () => {
  const query = vi.spyOn(pg.Client.prototype, "query");
  const countOf = async (action: () => Promise<unknown>) => {
    query.mockClear();
    await action();
    return query.mock.calls.length;
  };
  // once, so that nothing is counted that happens once a minute
  const run_id = await house.newRun(experiment);
  const batch = (count: number) => ({
    run_id,
    metrics: Array.from({ length: count }, (_, at) => ({
      ...{ key: `m${at % 7}`, value: at, timestamp: at, step: count + at },
    })),
    params: Array.from({ length: Math.min(count, 90) }, (_, index) => ({ key: `p${count}-${index}`, value: "1" })),
    tags: Array.from({ length: Math.min(count, 90) }, (_, index) => ({ key: `t${index}`, value: "1" })),
  });
  const ids = await Promise.all(Array.from({ length: 20 }, () => house.newRun(experiment)));
  const many = `${ids.map((id) => `run_ids=${id}`).join("&")}&metric_key=m`;
  const counts = {
    create: await countOf(() => house.newRun(experiment, { tags: batch(50).tags })),
    "log-metric": await countOf(() => house.post("/runs/log-metric", { run_id, key: "m", value: 1, timestamp: 1 })),
    "log-batch, 3 kinds": await countOf(() => house.post("/runs/log-batch", batch(1))),
    "log-batch of 980": await countOf(() => house.post("/runs/log-batch", batch(800))),
    "the same again": await countOf(() => house.post("/runs/log-batch", batch(800))),
    get: await countOf(() => house.get(`/runs/get?run_id=${run_id}`)),
    search: await countOf(() => house.post("/runs/search", { experiment_ids: [experiment], max_results: 1000 })),
    "one metric of many runs": await countOf(() => house.get(`/metrics/get-history-bulk-interval?${many}`)),
    "the same for MLflow's pages": await countOf(() =>
      house.get(`/metrics/get-history-bulk?${many.replaceAll("run_ids", "run_id")}`),
    ),
  };
  query.mockRestore();
  // the token, the role, the thing itself, and one for each kind of what is logged; points that are there
  // already are found out by one that is refused
  expect(counts).toEqual({
    create: 4,
    "log-metric": 4,
    "log-batch, 3 kinds": 6,
    "log-batch of 980": 6,
    "the same again": 7,
    get: 4,
    search: 6,
    "one metric of many runs": 4,
    "the same for MLflow's pages": 4,
  });
});
