import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProtocolRoute } from "../../http/protocol.ts";
import { newTrackedRunId } from "../../modules/tracking/index.ts";
import { type Answer, createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";
import { createSamples, guardedRoutes as guarded, type Samples, sendSample } from "./testing/sample-requests.ts";

let house: MlflowHouse;
let samples: Samples;
let experiment: string;
let run_id: string;
let model_id: string;
beforeAll(async () => {
  house = await createMlflowHouse();
  samples = await createSamples(house);
  ({ experiment, run_id, model_id } = samples);
  await house.token("scoped", { role: "developer", projects: ["flights"], scopes: ["run.start"] });
});
afterAll(() => house.close());

const codeOf = ({ status, body }: { status: number; body: { error_code: string } }) => [status, body.error_code];

const titled = (list: readonly ProtocolRoute[]) =>
  list.map((route) => [`${route.method} ${route.path}`, route] as const);
const request = (route: ProtocolRoute, as: string | undefined, headers: Record<string, string> = {}) =>
  sendSample(house, samples, route, { as, headers });

describe("every route", () => {
  test.each(titled(guarded))("%s needs a token", async (_title, route) => {
    expect(codeOf(await request(route, undefined))).toEqual([401, "UNAUTHENTICATED"]);
    expect(codeOf(await request(route, "nonsense"))).toEqual([401, "UNAUTHENTICATED"]);
  });

  test.each(titled(guarded))("%s is beyond a token of other scopes", async (_title, route) => {
    expect(codeOf(await request(route, "scoped"))).toEqual([403, "PERMISSION_DENIED"]);
  });

  test.each(titled(guarded.filter(({ permission }) => permission !== "project.read")))(
    "%s changes something, so no viewer may",
    async (_title, route) => {
      const answer = await request(route, "viewer");
      expect(codeOf(answer)).toEqual([403, "PERMISSION_DENIED"]);
      expect(answer.body.message).toContain(route.permission);
    },
  );

  const assertNothing = (answer: Answer) => {
    // searches find nothing; names are the stranger's own project's; all else does not exist
    if (answer.status === 200) expect(answer.text).not.toMatch(ofFlights());
    else
      expect([
        "RESOURCE_DOES_NOT_EXIST",
        "RESOURCE_ALREADY_EXISTS",
        "INVALID_PARAMETER_VALUE",
        "PERMISSION_DENIED",
      ]).toContain(answer.body.error_code);
    expect(answer.status).toBeLessThan(500);
  };
  const ofFlights = () =>
    new RegExp(`${run_id}|${model_id}|${samples.webhook_id}|"iris"|"table"|"flights"|of run|of model`);

  test.each(titled(guarded))("%s gives a stranger nothing of another project", async (_title, route) => {
    assertNothing(await request(route, "stranger"));
  });

  test.each(titled(guarded.filter(({ path }) => !path.includes("/workspaces"))))(
    "%s gives nothing of a project that is not the workspace",
    async (_title, route) => {
      assertNothing(await request(route, "both", { "x-mlflow-workspace": "trains" }));
    },
  );

  test("none of that has changed anything", async () => {
    const { info, data, inputs } = (await house.get(`/runs/get?run_id=${run_id}`)).body.run;
    expect([info.status, info.lifecycle_stage, data.params, data.metrics.length]).toEqual(["RUNNING", "active", [], 1]);
    expect(inputs.dataset_inputs).toHaveLength(1);
    expect((await house.get("/registered-models/get?name=iris")).body.registered_model).toMatchObject({
      ...{ name: "iris", aliases: [], tags: [], latest_versions: [{ version: "1", tags: [], current_stage: "None" }] },
    });
    expect((await house.get(`/experiments/get?experiment_id=${experiment}`)).body.experiment).toMatchObject({
      ...{ name: "study", lifecycle_stage: "active", tags: [] },
    });
    expect((await house.get(`/logged-models/${model_id}`)).body.model.info.status).toBe("LOGGED_MODEL_PENDING");
    expect((await house.get(`/webhooks/${samples.webhook_id}`)).body.webhook.status).toBe("ACTIVE");
    const file = await house.call("GET", `/get-artifact?run_id=${run_id}&path=a.txt`, { from: "", as: "viewer" });
    expect(file.text).toBe("of run");
  });
});

test("what is not supported says so in MLflow's form, wherever clients ask", async () => {
  for (const [method, from, path] of [
    ["GET", "/api/2.0", "/mlflow/nothing"],
    ["POST", "/ajax-api/2.0", "/mlflow/traces/search"],
    ["POST", "/api/3.0", "/mlflow/traces"],
    ["GET", "/api/2.0", "/mlflow/runs/create"],
    ["PUT", "/api/2.0", "/mlflow-artifacts/mpu/create/x"],
    ["DELETE", "/api/2.0", ""],
  ] as const)
    expect(codeOf(await house.call(method, path, { from, as: "developer" })), path).toEqual([
      404,
      "ENDPOINT_NOT_FOUND",
    ]);
});

test("health and version are text, and everything is at both places", async () => {
  expect((await house.call("GET", "/health", { from: "" })).text).toBe("OK");
  expect((await house.call("GET", "/version", { from: "" })).text).toMatch(/^3\.\d+\.\d+$/);
  expect((await house.call("GET", "/mlflow/server-info", { from: "/api/3.0" })).body.workspaces_enabled).toBe(true);
  const both = await Promise.all(
    ["/api/2.0", "/ajax-api/2.0"].map((from) =>
      house.call("GET", `/mlflow/runs/get?run_id=${run_id}`, { from, as: "viewer" }),
    ),
  );
  expect(both[0]?.body).toEqual(both[1]?.body);
});

describe("the project", () => {
  const byName = (name: string, as: string, headers: Record<string, string> = {}) =>
    house.call("GET", `/mlflow/experiments/get-by-name?experiment_name=${name}`, { as, headers });

  test("is the token's, or the only one that can be read", async () => {
    await house.token("of flights", { role: "developer", projects: ["flights", "trains"], tokenProject: "flights" });
    expect((await byName("study", "of flights")).status).toBe(200);
    expect((await byName("study", "viewer")).status).toBe(200);
    expect((await byName("study", "stranger")).status).toBe(404);
    expect((await house.get(`/runs/get?run_id=${run_id}`, "of flights")).status).toBe(200);
  });

  test("of a token for several is the one of the experiment's name; otherwise the message says how to choose", async () => {
    expect((await byName("trains", "both")).body.experiment).toBeUndefined();
    const made = await house.post("/experiments/create", { name: "trains" }, "both");
    const found = await house.get(`/experiments/get?experiment_id=${made.body.experiment_id}`, "stranger");
    expect(found.body.experiment.workspace).toBe("trains");
    const unclear = await byName("study", "both");
    expect(codeOf(unclear)).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(unclear.body.message).toMatch(/pave tokens create NAME --project PROJECT.*MLFLOW_WORKSPACE/);
    expect((await house.post("/runs/create", { experiment_id: "0" }, "both")).status).toBe(400);
  });

  test("is the workspace that the client has set, and nothing else is seen then", async () => {
    const inFlights = { "x-mlflow-workspace": "flights" };
    const inTrains = { "x-mlflow-workspace": "trains" };
    expect((await byName("study", "both", inFlights)).status).toBe(200);
    expect((await byName("study", "both", inTrains)).status).toBe(404);
    const get = (headers: Record<string, string>) =>
      house.call("GET", `/mlflow/runs/get?run_id=${run_id}`, { as: "both", headers });
    expect([(await get(inFlights)).status, (await get(inTrains)).status]).toEqual([200, 404]);
    expect(codeOf(await byName("study", "both", { "x-mlflow-workspace": "nowhere" }))).toEqual([
      404,
      "RESOURCE_DOES_NOT_EXIST",
    ]);
    expect(codeOf(await byName("study", "stranger", inFlights))).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  });
});

describe("an attempt's token", () => {
  let pipelineRun: string;
  let attemptRun: string;
  beforeAll(async () => {
    const own = (await house.get("/experiments/get?experiment_id=0")).body.experiment.experiment_id;
    [pipelineRun, attemptRun] = [newTrackedRunId(), newTrackedRunId()];
    for (const [runId, owner, parent] of [
      [pipelineRun, "pipeline", null],
      [attemptRun, "attempt", pipelineRun],
    ] as const)
      await house.ctx.db
        .insertInto("tracked_runs")
        .values({
          run_id: runId,
          experiment_id: Number(own),
          name: owner,
          principal_id: "system",
          artifact_uri: `mlflow-artifacts:/${own}/${runId}/artifacts`,
          owner,
          parent_run_id: parent,
        })
        .execute();
    const tokenId = await house.token("attempt", { tokenProject: "flights", scopes: ["run.self"] });
    house.attempts.set(tokenId, attemptRun);
    await house.token("over", { tokenProject: "flights", scopes: ["run.self"] });
  });
  const post = (path: string, body: object) => house.post(path, body, "attempt");

  test("starts the attempt's run first and children of it later, whatever experiment it names", async () => {
    const found = await house.get("/experiments/get-by-name?experiment_name=whatever", "attempt");
    expect(found.body.experiment.name).toBe("flights");
    const first = await post("/runs/create", {
      experiment_id: experiment,
      run_name: "mine",
      tags: [{ key: "a", value: "b" }],
    });
    expect(first.body.run.info).toMatchObject({ run_id: attemptRun, run_name: "mine", status: "RUNNING" });
    const second = (await post("/runs/create", { experiment_id: experiment })).body.run;
    expect(second.info.run_id).not.toBe(attemptRun);
    expect(second.info.experiment_id).toBe(first.body.run.info.experiment_id);
    expect(second.data.tags).toContainEqual({ key: "mlflow.parentRunId", value: attemptRun });
    const nested = [{ key: "mlflow.parentRunId", value: second.info.run_id }];
    const third = (await post("/runs/create", { experiment_id: experiment, tags: nested })).body.run;
    expect(third.data.tags).toContainEqual(nested[0]);
  });

  test("logs below its attempt and nowhere else", async () => {
    const metric = (id: string) => post("/runs/log-metric", { run_id: id, key: "m", value: 1, timestamp: 1 });
    expect((await metric(attemptRun)).status).toBe(200);
    expect([codeOf(await metric(pipelineRun)), codeOf(await metric(run_id))]).toEqual([
      [403, "PERMISSION_DENIED"],
      [403, "PERMISSION_DENIED"],
    ]);
    expect((await house.get(`/runs/get?run_id=${run_id}`, "attempt")).status).toBe(200);
    const put = (id: string) =>
      house.call("PUT", `/mlflow-artifacts/artifacts/1/${id}/artifacts/x`, { as: "attempt", body: "x" });
    expect([(await put(attemptRun)).status, (await put(run_id)).status]).toEqual([200, 403]);
    const model = await post("/logged-models", { experiment_id: experiment, name: "mine", source_run_id: attemptRun });
    const finish = (id: string) =>
      house.call("PATCH", `/mlflow/logged-models/${id}`, { as: "attempt", body: { status: "LOGGED_MODEL_READY" } });
    expect((await finish(model.body.model.info.model_id)).status).toBe(200);
    expect((await finish(model_id)).status).toBe(403);
  });

  test("ends and deletes no run of the platform, registers nothing, and reads no other project", async () => {
    const ended = await post("/runs/update", { run_id: attemptRun, status: "FINISHED", end_time: 5 });
    expect(ended.body.run_info).toMatchObject({ status: "RUNNING" });
    for (const [path, body] of [
      ["/runs/update", { run_id: pipelineRun, status: "FAILED" }],
      ["/runs/delete", { run_id: attemptRun }],
      ["/registered-models/create", { name: "mine" }],
      ["/registered-models/alias", { name: "iris", alias: "a", version: "1" }],
    ] as const)
      expect(codeOf(await post(path, body)), path).toEqual([403, "PERMISSION_DENIED"]);
    const other = (await house.post("/experiments/create", { name: "elsewhere" }, "stranger")).body.experiment_id;
    expect((await house.get(`/experiments/get?experiment_id=${other}`, "attempt")).status).toBe(404);
    const all = await post("/experiments/search", { max_results: 1000 });
    expect(all.body.experiments.map(({ workspace }: { workspace: string }) => workspace)).not.toContain("trains");
    expect(
      codeOf(await house.post("/runs/log-metric", { run_id: attemptRun, key: "m", value: 1, timestamp: 1 }, "over")),
    ).toEqual([403, "PERMISSION_DENIED"]);
  });

  test("of code that runs as it is names what its own attempt logged, and moves nothing", async () => {
    const tokenId = await house.token("script", { tokenProject: "flights", scopes: ["run.self", "run.register"] });
    house.attempts.set(tokenId, attemptRun);
    const script = (path: string, body: object) => house.post(path, body, "script");
    expect((await script("/registered-models/create", { name: "scripted" })).status).toBe(200);
    const logged = await script("/logged-models", { experiment_id: experiment, name: "m", source_run_id: attemptRun });
    const own = logged.body.model.info.model_id;
    const files = `/mlflow-artifacts/artifacts/1/models/${own}/artifacts`;
    await house.call("PUT", `${files}/MLmodel`, { as: "script", body: "flavors: {sklearn: {}}\n" });
    const version = (source: string) => script("/model-versions/create", { name: "scripted", source });
    expect((await version(`models:/${own}`)).body.model_version).toMatchObject({ version: "1", status: "READY" });
    for (const source of [`models:/${model_id}`, `runs:/${run_id}/model`, "models:/scripted/1"])
      expect(codeOf(await version(source)), source).toEqual([403, "PERMISSION_DENIED"]);
    for (const [path, body] of [
      ["/registered-models/alias", { name: "scripted", alias: "champion", version: "1" }],
      ["/model-versions/transition-stage", { name: "scripted", version: "1", stage: "Production" }],
    ] as const)
      expect(codeOf(await script(path, body)), path).toEqual([403, "PERMISSION_DENIED"]);
    expect(codeOf(await post("/model-versions/create", { name: "scripted", source: `models:/${own}` }))).toEqual([
      403,
      "PERMISSION_DENIED",
    ]);
  });

  test("is not needed to leave a note on a pipeline's run, and nothing else is possible there", async () => {
    const note = { run_id: pipelineRun, key: "mlflow.note.content", value: "looked at" };
    expect((await house.post("/runs/set-tag", note)).body).toEqual({});
    for (const [path, body] of [
      ["/runs/log-metric", { run_id: pipelineRun, key: "auc", value: 1, timestamp: 1 }],
      ["/runs/log-parameter", { run_id: attemptRun, key: "p", value: "1" }],
      ["/runs/update", { run_id: pipelineRun, status: "FINISHED" }],
      ["/runs/delete", { run_id: attemptRun }],
    ] as const)
      expect(codeOf(await house.post(path, body)), path).toEqual([403, "PERMISSION_DENIED"]);
  });
});
