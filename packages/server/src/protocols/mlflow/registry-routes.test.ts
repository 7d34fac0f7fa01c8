import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";

let house: MlflowHouse;
let experiment: string;
let run_id: string;
let model_id: string;

const signature = { inputs: [{ type: "double", name: "x", required: true }], outputs: [{ type: "long" }] };
const mlModel = `artifact_path: model
flavors:
  python_function: { loader_module: mlflow.sklearn }
  sklearn: {}
saved_input_example_info: { artifact_path: input_example.json, type: dataframe, pandas_orient: split }
signature: { inputs: '${JSON.stringify(signature.inputs)}', outputs: '${JSON.stringify(signature.outputs)}' }
`;
const example = '{"columns": ["x"], "data": [[1.5], [2.5]]}';

beforeAll(async () => {
  house = await createMlflowHouse();
  experiment = await house.newExperiment("study");
  run_id = await house.newRun(experiment);
  const made = await house.post("/logged-models", {
    experiment_id: experiment,
    name: "forest",
    source_run_id: run_id,
    params: [{ key: "depth", value: "3" }],
    tags: [{ key: "t", value: "1" }],
  });
  model_id = made.body.model.info.model_id;
  for (const root of [`${experiment}/models/${model_id}/artifacts`, `${experiment}/${run_id}/artifacts/in/a run`])
    for (const [path, body] of Object.entries({
      MLmodel: mlModel,
      "input_example.json": example,
      "data/model.pkl": "x",
    }))
      await house.call("PUT", `/mlflow-artifacts/artifacts/${encodeURI(root)}/${path}`, { as: "developer", body });
  await house.call("PATCH", `/mlflow/logged-models/${model_id}`, {
    as: "developer",
    body: { model_id, status: "LOGGED_MODEL_READY" },
  });
  await house.post("/registered-models/create", {
    name: "iris",
    description: "flowers",
    tags: [{ key: "a", value: "b" }],
  });
});
afterAll(() => house.close());

const codeOf = ({ status, body }: { status: number; body: { error_code: string } }) => [status, body.error_code];
const register = (source: string, over: object = {}) =>
  house.post("/model-versions/create", { name: "iris", source, ...over });
const remove = (path: string, body: object) => house.call("DELETE", `/mlflow${path}`, { as: "developer", body });
const patch = (path: string, body: object) => house.call("PATCH", `/mlflow${path}`, { as: "developer", body });

describe("logged models", () => {
  test("are what was logged", async () => {
    const { info, data } = (await house.get(`/logged-models/${model_id}`)).body.model;
    expect(info).toEqual({
      model_id: expect.stringMatching(/^m-[0-9a-f]{32}$/),
      experiment_id: experiment,
      name: "forest",
      creation_timestamp_ms: expect.any(Number),
      last_updated_timestamp_ms: expect.any(Number),
      artifact_uri: `mlflow-artifacts:/${experiment}/models/${model_id}/artifacts`,
      status: "LOGGED_MODEL_READY",
      model_type: "",
      source_run_id: run_id,
      tags: [{ key: "t", value: "1" }],
    });
    expect(data).toEqual({ params: [{ key: "depth", value: "3" }], metrics: [] });
  });

  test("have metrics by data set, by which they are found and ordered", async () => {
    const metrics = [
      { key: "auc", value: 0.9, timestamp: 1, model_id, dataset_name: "test", dataset_digest: "d1" },
      { key: "auc", value: 0.6, timestamp: 1, model_id, dataset_name: "train", dataset_digest: "d2" },
    ];
    for (let round = 0; round < 2; round += 1) await house.post("/runs/log-batch", { run_id, metrics });
    const other = (await house.post("/logged-models", { experiment_id: experiment, name: "tree" })).body.model.info
      .model_id;
    await house.post("/runs/log-batch", {
      run_id,
      metrics: [{ key: "auc", value: 0.8, timestamp: 1, model_id: other, dataset_name: "test", dataset_digest: "d1" }],
    });
    const search = async (body: object) =>
      (await house.post("/logged-models/search", { experiment_ids: [experiment], ...body })).body.models?.map(
        ({ info }: { info: { name: string } }) => info.name,
      );
    expect(await search({ filter: "metrics.auc > 0.85" })).toEqual(["forest"]);
    expect(await search({ filter: "metrics.auc > 0.85", datasets: [{ dataset_name: "train" }] })).toEqual([]);
    expect(await search({ filter: "name = 'forest' AND params.depth = '3' AND tags.t = '1'" })).toEqual(["forest"]);
    expect(await search({ filter: "status = 'LOGGED_MODEL_READY'" })).toEqual(["forest"]);
    expect(await search({ filter: "status IN ('READY')" })).toEqual(["forest"]);
    const onTest = { field_name: "metrics.auc", dataset_name: "test", dataset_digest: "d1" };
    expect(await search({ order_by: [{ ...onTest, ascending: true }] })).toEqual(["tree", "forest"]);
    expect(await search({ order_by: [{ ...onTest, ascending: false }] })).toEqual(["forest", "tree"]);
    expect(await search({ order_by: [{ field_name: "params.depth" }] })).toBeUndefined();
    expect((await house.get(`/logged-models/${model_id}`)).body.model.data.metrics).toHaveLength(2);
  });

  test("change their tags, and take params once", async () => {
    await patch(`/logged-models/${model_id}/tags`, { tags: [{ key: "t", value: "2" }] });
    expect((await remove(`/logged-models/${model_id}/tags/t`, {})).body).toEqual({});
    expect(codeOf(await remove(`/logged-models/${model_id}/tags/t`, {}))).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
    const params = (value: string) =>
      house.post(`/logged-models/${model_id}/params`, { params: [{ key: "late", value }] });
    expect([(await params("1")).status, (await params("1")).status, (await params("2")).status]).toEqual([
      200, 200, 400,
    ]);
  });

  test("are gone when they were deleted, but for who asks for those", async () => {
    const made = await house.post("/logged-models", { experiment_id: experiment, name: "short" });
    const id = made.body.model.info.model_id;
    await remove(`/logged-models/${id}`, {});
    expect((await house.get(`/logged-models/${id}`)).status).toBe(404);
    expect((await house.get(`/logged-models/${id}?allow_deleted=true`)).status).toBe(200);
    expect((await patch(`/logged-models/${id}`, { status: 2 })).status).toBe(400);
  });
});

describe("registering", () => {
  test.each([
    ["a logged model", () => `models:/${model_id}`, true],
    ["what a run logged under a name", () => `runs:/${run_id}/forest`, true],
    ["files of a run", () => `runs:/${run_id}/in/a run`, false],
    ["a run's address", () => `mlflow-artifacts:/${experiment}/${run_id}/artifacts/in/a run`, false],
    ["a model's address", () => `mlflow-artifacts:/${experiment}/models/${model_id}/artifacts`, true],
    ["another version", () => "models:/iris/1", false],
  ])("%s makes a version that is ready", async (_what, source, isLogged) => {
    const { status, body } = await register(source(), { tags: [{ key: "k", value: "v" }], description: "why" });
    expect([status, body.message]).toEqual([200, undefined]);
    expect(body.model_version).toMatchObject({
      name: "iris",
      status: "READY",
      run_id,
      current_stage: "None",
      tags: [{ key: "k", value: "v" }],
      description: "why",
      aliases: [],
      ...(isLogged ? { model_id } : {}),
    });
    const { version } = body.model_version;
    const { artifact_uri } = (await house.get(`/model-versions/get-download-uri?name=iris&version=${version}`)).body;
    expect(artifact_uri).toMatch(/^mlflow-artifacts:\/artifacts\/[0-9a-f-]{36}$/);
    const path = artifact_uri.replace("mlflow-artifacts:/", "");
    const list = await house.call("GET", `/mlflow-artifacts/artifacts?path=${path}`, { as: "viewer" });
    expect(list.body.files.map((file: { path: string }) => file.path)).toEqual([
      "MLmodel",
      "data",
      "input_example.json",
    ]);
    const file = await house.call("GET", `/mlflow-artifacts/artifacts/${path}/MLmodel`, { as: "viewer" });
    expect(file.text).toBe(mlModel);
    const foreign = await house.call("GET", `/mlflow-artifacts/artifacts/${path}/MLmodel`, { as: "stranger" });
    expect(codeOf(foreign)).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
    const changed = await house.call("PUT", `/mlflow-artifacts/artifacts/${path}/MLmodel`, {
      as: "developer",
      body: "",
    });
    expect(codeOf(changed)).toEqual([403, "PERMISSION_DENIED"]);
  });

  test("reads signature and example, and tells the ledger", async () => {
    const row = await house.ctx.db
      .selectFrom("model_versions as v")
      .innerJoin("artifacts as a", "a.id", "v.artifact_id")
      .select(["v.signature", "v.input_example", "v.digest", "a.digest as artifactDigest", "a.type", "a.metadata"])
      .where("v.version", "=", 1)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({
      signature: {
        inputs: [{ name: "x", type: "double", required: true }],
        outputs: [{ name: "output 1", type: "long", required: true }],
      },
      input_example: { x: 1.5 },
      digest: row.artifactDigest,
      artifactDigest: row.artifactDigest,
      type: "model",
      metadata: { flavors: ["python_function", "sklearn"] },
    });
    const events = await house.ctx.db
      .selectFrom("ledger_events")
      .select("type")
      .where("type", "=", "model.registered")
      .execute();
    expect(events).toHaveLength(6);
  });

  test("what is logged later changes nothing of the version", async () => {
    const path = `${experiment}/models/${model_id}/artifacts/data/model.pkl`;
    await house.call("PUT", `/mlflow-artifacts/artifacts/${path}`, { as: "developer", body: "changed" });
    const { artifact_uri } = (await house.get("/model-versions/get-download-uri?name=iris&version=1")).body;
    const file = await house.call(
      "GET",
      `/mlflow-artifacts/artifacts/${artifact_uri.replace("mlflow-artifacts:/", "")}/data/model.pkl`,
      { as: "viewer" },
    );
    expect(file.text).toBe("x");
  });

  test.each([
    ["files elsewhere", "s3://bucket/model", 400],
    ["a local folder", "/etc", 400],
    ["a file URL", "file:///etc/passwd", 400],
    ["a path that leaves its run", () => `runs:/${run_id}/../../x`, 400],
    ["a folder that is none", () => `runs:/${run_id}/nothing`, 400],
    ["a folder without MLmodel", () => `runs:/${run_id}/in`, 400],
    ["a run that is none", `runs:/${"0".repeat(32)}/model`, 404],
    ["a model that is none", `models:/m-${"0".repeat(32)}`, 404],
    ["a version that is none", "models:/iris/99", 404],
    ["another server's address", "mlflow-artifacts://elsewhere/1/x", 400],
    ["nothing", "", 400],
  ])("%s is refused", async (_what, source, status) => {
    const answer = await register(typeof source === "string" ? source : source());
    expect(codeOf(answer)).toEqual([status, status === 400 ? "INVALID_PARAMETER_VALUE" : "RESOURCE_DOES_NOT_EXIST"]);
  });

  test("what lies in another project is not there", async () => {
    await house.post("/registered-models/create", { name: "trains-model" }, "stranger");
    for (const source of [`models:/${model_id}`, `runs:/${run_id}/in/a run`, "models:/iris/1"]) {
      const answer = await house.post("/model-versions/create", { name: "trains-model", source }, "both");
      expect(codeOf(answer), source).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
    }
  });
});

describe("registered models", () => {
  test("exist once, and their names are nobody else's", async () => {
    expect(codeOf(await house.post("/registered-models/create", { name: "iris" }))).toEqual([
      400,
      "RESOURCE_ALREADY_EXISTS",
    ]);
    const foreign = await house.post("/registered-models/create", { name: "iris" }, "stranger");
    expect(codeOf(foreign)).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(foreign.body.message).not.toContain("flights");
    for (const name of ["", "a/b", "a:b", 7, "x".repeat(300)])
      expect((await house.post("/registered-models/create", { name })).status, String(name)).toBe(400);
  });

  test("show the newest version of each stage, tags and aliases", async () => {
    await house.post("/registered-models/alias", { name: "iris", alias: "champion", version: "2" });
    await house.post("/model-versions/transition-stage", { name: "iris", version: "2", stage: "production" });
    await house.post("/model-versions/transition-stage", {
      name: "iris",
      version: "3",
      stage: "Production",
      archive_existing_versions: true,
    });
    const { registered_model } = (await house.get("/registered-models/get?name=iris")).body;
    expect(registered_model).toMatchObject({
      name: "iris",
      description: "flowers",
      tags: [{ key: "a", value: "b" }],
      aliases: [{ alias: "champion", version: "2" }],
    });
    expect(
      registered_model.latest_versions.map((one: { version: string; current_stage: string }) => [
        one.version,
        one.current_stage,
      ]),
    ).toEqual([
      ["2", "Archived"],
      ["3", "Production"],
      ["6", "None"],
    ]);
    const latest = await house.post("/registered-models/get-latest-versions", { name: "iris", stages: ["production"] });
    expect(latest.body.model_versions.map(({ version }: { version: string }) => version)).toEqual(["3"]);
    expect(
      (await house.post("/model-versions/transition-stage", { name: "iris", version: "2", stage: "Live" })).status,
    ).toBe(400);
  });

  test("have aliases by MLflow's rules", async () => {
    const { body } = await house.get("/registered-models/alias?name=iris&alias=champion");
    expect(body.model_version).toMatchObject({ version: "2", aliases: ["champion"] });
    for (const alias of ["latest", "v1", "7", "a b", ""])
      expect((await house.post("/registered-models/alias", { name: "iris", alias, version: "1" })).status, alias).toBe(
        400,
      );
    expect(codeOf(await house.post("/registered-models/alias", { name: "iris", alias: "x", version: 1 }))).toEqual([
      400,
      "INVALID_PARAMETER_VALUE",
    ]);
    expect(codeOf(await house.post("/registered-models/alias", { name: "iris", alias: "x", version: "99" }))).toEqual([
      404,
      "RESOURCE_DOES_NOT_EXIST",
    ]);
    for (let round = 0; round < 2; round += 1)
      expect((await remove("/registered-models/alias", { name: "iris", alias: "champion" })).body).toEqual({});
    const gone = await house.get("/registered-models/alias?name=iris&alias=champion");
    expect(gone.body).toEqual({
      error_code: "INVALID_PARAMETER_VALUE",
      message: "Registered model alias champion not found.",
    });
    const events = await house.ctx.db
      .selectFrom("ledger_events")
      .select(["type", "data"])
      .where("type", "like", "model.alias%")
      .orderBy("seq")
      .execute();
    expect(events).toEqual([
      { type: "model.alias-set", data: { alias: "champion", version: 2 } },
      { type: "model.alias-deleted", data: { alias: "champion", version: null } },
    ]);
  });

  test("are found also by who asks for those that are no prompts", async () => {
    const filter = "name LIKE 'i%' AND tag.`mlflow.prompt.is_prompt` != 'true'";
    const search = async (query: string) =>
      (await house.get(`/registered-models/search?${query}`)).body.registered_models?.map(
        ({ name }: { name: string }) => name,
      );
    expect(await search(`filter=${encodeURIComponent(filter)}&max_results=10`)).toEqual(["iris"]);
    expect(await search(`filter=${encodeURIComponent("tags.a = 'b'")}`)).toEqual(["iris"]);
    expect(await search(`filter=${encodeURIComponent("tags.a != 'b'")}`)).toEqual([]);
    expect(await search("order_by=timestamp+DESC&order_by=name")).toEqual(["iris"]);
    const versions = async (filter: string) =>
      (await house.get(`/model-versions/search?filter=${encodeURIComponent(filter)}`)).body.model_versions?.map(
        ({ version }: { version: string }) => version,
      );
    expect(await versions("name = 'iris' AND version_number > 4")).toEqual(["6", "5"]);
    expect(await versions(`run_id IN ('${run_id}') AND version_number < 3`)).toEqual(
      expect.arrayContaining(["1", "2"]),
    );
    expect(await versions("tags.k = 'v' AND version_number = 1")).toEqual(["1"]);
    expect(await versions("version_number = '1'")).toBeUndefined();
  });

  test("and versions are described, tagged and deleted; numbers are not used again", async () => {
    await patch("/registered-models/update", { name: "iris", description: "new" });
    await patch("/model-versions/update", { name: "iris", version: "6", description: "last" });
    await house.post("/model-versions/set-tag", { name: "iris", version: "6", key: "x", value: "1" });
    await remove("/model-versions/delete-tag", { name: "iris", version: "6", key: "x" });
    const { model_version } = (await house.get("/model-versions/get?name=iris&version=6")).body;
    expect(model_version).toMatchObject({ description: "last", tags: [{ key: "k", value: "v" }] });
    expect((await remove("/model-versions/delete", { name: "iris", version: "6" })).body).toEqual({});
    expect((await house.get("/model-versions/get?name=iris&version=6")).status).toBe(404);
    expect((await register(`models:/${model_id}`)).body.model_version.version).toBe("7");
  });

  test("that a release names stay, others go with all their versions", async () => {
    await house.post("/registered-models/create", { name: "released" });
    expect(codeOf(await remove("/registered-models/delete", { name: "released" }))).toEqual([
      400,
      "INVALID_PARAMETER_VALUE",
    ]);
    await house.post("/registered-models/create", { name: "short" });
    await house.post("/model-versions/create", { name: "short", source: `models:/${model_id}` });
    await house.post("/registered-models/alias", { name: "short", alias: "a", version: "1" });
    expect((await remove("/registered-models/delete", { name: "short" })).body).toEqual({});
    expect((await house.get("/registered-models/get?name=short")).status).toBe(404);
    expect((await house.post("/registered-models/create", { name: "short" })).status).toBe(200);
  });
});
