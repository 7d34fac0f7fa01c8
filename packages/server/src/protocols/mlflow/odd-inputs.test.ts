import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";

/* What is neither right nor plainly wrong: taken as it was meant, or refused whole by the name of the field and its rule. */

let house: MlflowHouse;
let experiment: string;
let run_id: string;
let root: string;
beforeAll(async () => {
  house = await createMlflowHouse();
  experiment = await house.newExperiment("study");
  run_id = await house.newRun(experiment);
  root = `${experiment}/${run_id}/artifacts`;
  await house.post("/registered-models/create", { name: "wide" });
});
afterAll(() => house.close());

const refused = (message: string | RegExp, error_code = "INVALID_PARAMETER_VALUE") => ({
  error_code,
  message: typeof message === "string" ? message : expect.stringMatching(message),
});
const dataOf = async (runId: string) => (await house.get(`/runs/get?run_id=${runId}`)).body.run.data;
const keysOf = (pairs: readonly { key: string }[]) => pairs.map(({ key }) => key);
const put = (path: string, body: string) =>
  house.call("PUT", `/mlflow-artifacts/artifacts/${root}/${path}`, { as: "developer", body });

describe("numbers", () => {
  const log = (body: object) =>
    house.post("/runs/log-metric", { run_id, key: "number", value: 1, timestamp: 1, ...body });

  test.each(["1.2.3", ".", "...", "", "0x10", "1,5", "nan", "inf", " 1", true, [1], {}])(
    "%j is no value of a metric",
    async (value) => {
      expect((await log({ value })).body).toEqual(
        refused(/for parameter 'value' supplied: expected a number, "NaN", "Infinity" or "-Infinity"$/),
      );
      expect(keysOf((await dataOf(run_id)).metrics)).toEqual([]);
    },
  );

  test.each(["1.5", "abc", "", true])("%j is no step", async (step) => {
    expect((await log({ step })).body).toEqual(refused(/for parameter 'step' supplied: expected a whole number$/));
  });

  test("beyond the largest one are the largest one, however they are written", async () => {
    const run = await house.newRun(experiment);
    await log({ run_id: run, key: "text", value: "1e400" });
    const body = JSON.stringify({ run_id: run, key: "number", value: 1, timestamp: 1 }).replace(":1,", ":-1e400,");
    await house.call("POST", "/mlflow/runs/log-metric", {
      ...{ as: "developer", body, headers: { "content-type": "application/json" } },
    });
    const { metrics } = await dataOf(run);
    expect(metrics.map(({ value }: { value: number }) => value)).toEqual([-Number.MAX_VALUE, Number.MAX_VALUE]);
  });
});

describe("the character NUL", () => {
  const nul = "a\0b";
  test.each<[string, string, object]>([
    ["name", "/experiments/create", { name: nul }],
    ["value", "/runs/set-tag", { run_id: "$run", key: "k", value: nul }],
    ["params[1].value", "/runs/log-batch", { run_id: "$run", params: [{ key: "a" }, { key: "b", value: nul }] }],
    ["tags[0].key", "/runs/create", { experiment_id: "0", tags: [{ key: nul }] }],
    ["filter", "/runs/search", { experiment_ids: ["0"], filter: `params.x = '${nul}'` }],
    ["order_by[0]", "/runs/search", { experiment_ids: ["0"], order_by: [`params.\`${nul}\``] }],
    ["datasets[0].dataset.source", "/runs/log-inputs", { run_id: "$run", datasets: [{ dataset: { source: nul } }] }],
  ])("is refused in %s by its name", async (name, path, body) => {
    const filled = JSON.parse(JSON.stringify(body).replace("$run", run_id));
    expect((await house.post(path, filled)).body).toEqual(
      refused(`Invalid value for parameter '${name}' supplied: must not have the character NUL in it`),
    );
  });

  test("is refused in a query and a path, and as an escape of an escape is none", async () => {
    for (const path of ["/experiments/get-by-name?experiment_name=a%00", "/logged-models/m-%00"])
      expect((await house.get(path)).body).toEqual(refused(/'(experiment_name|model)' supplied: must not have .* NUL/));
    expect((await house.post("/runs/set-tag", { run_id, key: "escape", value: "\\u0000" })).body).toEqual({});
  });
});

describe("what is refused leaves nothing behind", () => {
  test("a param with another value keeps all params of its batch out", async () => {
    const run = await house.newRun(experiment);
    await house.post("/runs/log-parameter", { run_id: run, key: "depth", value: "1" });
    const params = [
      { key: "a new one", value: "1" },
      { key: "depth", value: "2" },
    ];
    const metrics = [{ key: "m", value: 1, timestamp: 1 }];
    const answer = await house.post("/runs/log-batch", { run_id: run, params, metrics });
    expect(answer.body).toEqual(refused(/^Changing param values is not allowed\..*key='depth'.*value='1'/));
    const data = await dataOf(run);
    expect([data.params, data.metrics]).toEqual([[{ key: "depth", value: "1" }], []]);
  });

  test("so do those of a logged model", async () => {
    const made = await house.post("/logged-models", { experiment_id: experiment, name: "m" });
    const { model_id } = made.body.model.info;
    const log = (params: object) => house.post(`/logged-models/${model_id}/params`, { params });
    await log([{ key: "depth", value: "1" }]);
    const answer = await log([
      { key: "a new one", value: "1" },
      { key: "depth", value: "2" },
    ]);
    expect(answer.body).toEqual(refused(/^Param depth of model .* is 1 already/));
    const { params } = (await house.get(`/logged-models/${model_id}`)).body.model.data;
    expect(params).toEqual([{ key: "depth", value: "1" }]);
  });

  test("a prompt, of which no version could follow, is not begun", async () => {
    const tags = [{ key: "mlflow.prompt.is_prompt", value: "true" }];
    const answer = await house.post("/registered-models/create", { name: "greeting", tags });
    expect([answer.status, answer.body]).toEqual([404, refused(/^Prompts are not supported/, "ENDPOINT_NOT_FOUND")]);
    expect((await house.get("/registered-models/get?name=greeting")).status).toBe(404);
  });

  test("a body that is no UTF-8 is not kept with other letters than were sent", async () => {
    const body = Buffer.concat([
      Buffer.from(`{"run_id":"${run_id}","key":"latin","value":"caf`),
      Buffer.from([0xe9]),
      Buffer.from('"}'),
    ]);
    const headers = { "content-type": "application/json" };
    const answer = await house.call("POST", "/mlflow/runs/set-tag", { as: "developer", body, headers });
    expect([answer.status, answer.body]).toEqual([400, refused(/^The body is not text in UTF-8/)]);
    expect(keysOf((await dataOf(run_id)).tags)).not.toContain("latin");
  });
});

describe("long texts", () => {
  test("a run's name is as long as the tag that says the same, and a user's has a limit", async () => {
    const made = await house.post("/runs/create", { experiment_id: experiment, run_name: "x".repeat(9000) });
    const { run_id: run, run_name } = made.body.run.info;
    expect(run_name).toHaveLength(8000);
    const updated = await house.post("/runs/update", { run_id: run, run_name: "y".repeat(9000) });
    expect(updated.body.run_info.run_name).toHaveLength(8000);
    const { tags } = await dataOf(run);
    expect(tags).toContainEqual({ key: "mlflow.runName", value: "y".repeat(8000) });
    const user = await house.post("/runs/create", { experiment_id: experiment, user_id: "x".repeat(257) });
    expect(user.body).toEqual(refused(/for parameter 'user_id' supplied: has more than 256 characters$/));
  });

  test("params of logged models are cut as those of runs are, also when they are sent again", async () => {
    const params = [{ key: "long", value: "x".repeat(9000) }];
    const made = await house.post("/logged-models", { experiment_id: experiment, name: "m", params });
    const { model_id } = made.body.model.info;
    expect((await house.post(`/logged-models/${model_id}/params`, { params })).body).toEqual({});
    const [param] = (await house.get(`/logged-models/${model_id}`)).body.model.data.params;
    expect(param.value).toHaveLength(6000);
  });
});

describe("files", () => {
  test.each([
    ["..%2Fx", "must not have the parts . and .."],
    ["%252e%252e/x", "must not have the parts . and .., once it is decoded"],
    ["a%23b", "must not have a # in it"],
    ["a%3Fb", "must not have a ? in it"],
    ["a%5Cb", "must not have a \\ in it"],
    ["a%09b", "must not have control characters in it"],
    ["a//b", "must not have empty parts"],
    ["C:/x", "must not begin with a letter and a colon, as a drive does"],
    ["x".repeat(256), "has a name of more than 255 bytes"],
    ["a?b", "is no part of a name, which must not have a ? in it"],
  ])("%s is refused with the rule that it breaks", async (path, rule) => {
    const { status, body } = await put(path, "x");
    expect([status, body]).toEqual([400, refused(/^Invalid path: "/)]);
    expect(body.message.slice(-rule.length)).toBe(rule);
  });

  test("a folder is no file", async () => {
    expect((await put("folder/", "x")).body).toEqual(refused("Invalid path: the name of a file is missing"));
  });

  test("what is not there has nothing in it, whatever is missing of its way", async () => {
    await put("a.txt", "x");
    const none = "0".repeat(32);
    const paths = ["", "1", experiment, "traces/1", `${experiment}/${none}/artifacts`, `artifacts/${none}`];
    for (const path of [...paths, `${experiment}/models/m-${none}/artifacts`])
      expect((await house.call("GET", `/mlflow-artifacts/artifacts?path=${path}`, { as: "viewer" })).body).toEqual({});
    const foreign = await house.call("GET", `/mlflow-artifacts/artifacts?path=${root}`, { as: "stranger" });
    expect([foreign.status, foreign.body]).toEqual([200, {}]);
  });
});

describe("a model is registered", () => {
  test.each([
    ["with an example of many rows", "", JSON.stringify({ columns: ["a"], data: Array(200_000).fill([1]) })],
    ["with a signature of thousands of columns", `note: ${"x".repeat(600_000)}\n`, "{}"],
  ])("%s", async (_what, more, example) => {
    const folder = `model-${more.length}`;
    const info = "saved_input_example_info: { artifact_path: input_example.json }";
    await put(`${folder}/MLmodel`, `flavors: { sklearn: {} }\n${info}\n${more}`);
    await put(`${folder}/input_example.json`, example);
    const answer = await house.post("/model-versions/create", { name: "wide", source: `runs:/${run_id}/${folder}` });
    expect([answer.status, answer.body.model_version?.status]).toEqual([200, "READY"]);
  });
});

describe("who asks, and for what", () => {
  test("a client that knows only names and passwords gives its token as the password", async () => {
    const basic = (password: string) => ({
      authorization: `Basic ${Buffer.from(`ada:${password}`).toString("base64")}`,
    });
    const get = (password: string) =>
      house.call("GET", `/mlflow/runs/get?run_id=${run_id}`, { headers: basic(password) });
    expect((await get(house.tokenOf("viewer"))).status).toBe(200);
    expect((await get("secret")).body).toEqual(refused(/^The token is not valid/, "UNAUTHENTICATED"));
    expect((await get("")).body).toEqual(refused(/carries no token/, "UNAUTHENTICATED"));
  });

  test("a workspace without a name is none", async () => {
    const headers = { "x-mlflow-workspace": "" };
    const answer = await house.call("GET", `/mlflow/runs/get?run_id=${run_id}`, { as: "viewer", headers });
    expect(answer.status).toBe(200);
  });

  test.each(["/v1/traces", "/graphql", "/api/3.0/mlflow/traces"])("%s is not supported", async (path) => {
    const answer = await house.call("POST", path, { from: "", as: "developer", body: {} });
    expect([answer.status, answer.body]).toEqual([404, refused(/is not supported/, "ENDPOINT_NOT_FOUND")]);
  });
});
