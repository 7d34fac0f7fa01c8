import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";

/* Every limit of the protocol, from both sides: what is just within is taken, what is beyond is refused by field and rule. */

let house: MlflowHouse;
const ids = { experiment: "", run: "", model: "" };
beforeAll(async () => {
  house = await createMlflowHouse();
  ids.experiment = await house.newExperiment("study");
  ids.run = await house.newRun(ids.experiment);
  await house.post("/registered-models/create", { name: "forest" });
  const made = await house.post("/logged-models", { experiment_id: ids.experiment, name: "m" });
  ids.model = made.body.model.info.model_id;
});
afterAll(() => house.close());

/** Ids stand in a body and a path as `$run` and the like. */
const filled = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value).replaceAll(/\$(experiment|run|model)\b/g, (_, name) => ids[name as "run"])) as T;
const post = (path: string, body: object) => house.post(filled(path), filled(body));

const long = (length: number) => "x".repeat(length);
const point = { key: "m", value: 1, timestamp: 1 };
const dataset = (over: object) => ({
  run_id: "$run",
  datasets: [{ dataset: { name: "n", digest: "d", source_type: "local", source: "s", ...over } }],
});
const inputTag = (key: string, value: string) => ({
  run_id: "$run",
  datasets: [{ tags: [{ key, value }], dataset: { name: "n", digest: "d" } }],
});
const tagOf = (key: string, value: string) => ({ tags: [{ key, value }] });

type Refusal = readonly [what: string, path: string, body: object, message: RegExp];

describe("names, keys and values beyond their limits", () => {
  test.each<Refusal>([
    [
      "an experiment's name",
      "/experiments/create",
      { name: long(501) },
      /'name' supplied: has more than 500 characters/,
    ],
    ["no experiment's name", "/experiments/create", { name: "" }, /'name' supplied: must not be empty/],
    [
      "an experiment's new name",
      "/experiments/update",
      { experiment_id: "$experiment", new_name: long(501) },
      /'new_name' supplied: has more than 500/,
    ],
    [
      "an experiment's tag's key",
      "/experiments/set-experiment-tag",
      { experiment_id: "$experiment", key: long(251), value: "" },
      /'key' supplied: has more than 250/,
    ],
    [
      "an experiment's tag",
      "/experiments/set-experiment-tag",
      { experiment_id: "$experiment", key: "k", value: long(5001) },
      /'value' supplied: has more than 5000/,
    ],
    [
      "a new experiment's tag",
      "/experiments/create",
      { name: "tagged", ...tagOf("k", long(5001)) },
      /'tags\[0\]\.value' supplied: has more than 5000/,
    ],
    ["a run's id", "/runs/update", { run_id: long(257) }, /'run_id' supplied/],
    ["a run's id that begins with a dash", "/runs/update", { run_id: "-a" }, /'run_id' supplied: is no run id/],
    ["a run's id with a dot", "/runs/delete", { run_id: "a.b" }, /'run_id' supplied: is no run id/],
    [
      "a new run's tag's key",
      "/runs/create",
      { experiment_id: "$experiment", ...tagOf(long(251), "") },
      /'tags\[0\]\.key' supplied: has more than 250/,
    ],
    [
      "a metric's key",
      "/runs/log-metric",
      { run_id: "$run", ...point, key: long(251) },
      /'key' supplied: has more than 250/,
    ],
    ["a param's key", "/runs/log-parameter", { run_id: "$run", key: long(251) }, /'key' supplied: has more than 250/],
    ["a tag's key", "/runs/set-tag", { run_id: "$run", key: long(251) }, /'key' supplied: has more than 250/],
    ["a key with a comma", "/runs/log-parameter", { run_id: "$run", key: "a,b" }, /'key' supplied: may have letters/],
    [
      "a key below itself",
      "/runs/log-parameter",
      { run_id: "$run", key: "a/../b" },
      /'key' supplied: is no plain path/,
    ],
    ["a key with two slashes", "/runs/set-tag", { run_id: "$run", key: "a//b" }, /'key' supplied: is no plain path/],
    [
      "a data set's name",
      "/runs/log-inputs",
      dataset({ name: long(501) }),
      /dataset\.name' supplied: has more than 500/,
    ],
    ["no data set's name", "/runs/log-inputs", dataset({ name: "" }), /dataset\.name' supplied: must not be empty/],
    [
      "a data set's digest",
      "/runs/log-inputs",
      dataset({ digest: long(37) }),
      /dataset\.digest' supplied: has more than 36/,
    ],
    [
      "a data set's source",
      "/runs/log-inputs",
      dataset({ source: long(65_536) }),
      /dataset\.source' supplied: has more than 65535/,
    ],
    [
      "a data set's schema",
      "/runs/log-inputs",
      dataset({ schema: long(1_048_576) }),
      /dataset\.schema' supplied: has more than 1048575/,
    ],
    [
      "a data set's profile",
      "/runs/log-inputs",
      dataset({ profile: long(16_777_216) }),
      /dataset\.profile' supplied: has more than 16777215/,
    ],
    ["an input's tag's key", "/runs/log-inputs", inputTag(long(256), ""), /tags\[0\]\.key' supplied/],
    ["an input's tag", "/runs/log-inputs", inputTag("k", long(501)), /tags\[0\]\.value' supplied/],
    [
      "a metric's data set's name",
      "/runs/log-metric",
      { run_id: "$run", ...point, dataset_name: long(501) },
      /'dataset_name' supplied: has more than 500/,
    ],
    [
      "a metric's data set's digest",
      "/runs/log-metric",
      { run_id: "$run", ...point, dataset_digest: long(37) },
      /'dataset_digest' supplied: has more than 36/,
    ],
    ["a model's name", "/registered-models/create", { name: long(257) }, /'name' supplied/],
    ["no model's name", "/registered-models/create", { name: "" }, /'name' supplied: must not be empty/],
    [
      "a model's name with a slash",
      "/registered-models/create",
      { name: "a/b" },
      /'name' supplied: must not have \/ or :/,
    ],
    [
      "a model's name with a colon",
      "/registered-models/create",
      { name: "a:b" },
      /'name' supplied: must not have \/ or :/,
    ],
    [
      "a model's tag's key",
      "/registered-models/set-tag",
      { name: "forest", key: long(251), value: "" },
      /'key' supplied: has more than 250/,
    ],
    [
      "a model's tag",
      "/registered-models/set-tag",
      { name: "forest", key: "k", value: long(100_001) },
      /'value' supplied: has more than 100000/,
    ],
    [
      "a version's tag",
      "/model-versions/set-tag",
      { name: "forest", version: "1", key: "k", value: long(100_001) },
      /'value' supplied: has more than 100000/,
    ],
    ...["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b"].map(
      (name): Refusal => [
        `a logged model's name ${name}`,
        "/logged-models",
        { experiment_id: "$experiment", name },
        /'name' supplied: must not have \/ : \. % " or ' in it/,
      ],
    ),
    [
      "a logged model's param's key",
      "/logged-models/$model/params",
      { params: [{ key: long(251), value: "" }] },
      /'params\[0\]\.key' supplied: has more than 250/,
    ],
    ...[
      ["a b", /alias/i],
      ["a/b", /alias/i],
      [long(256), /alias/i],
      ["latest", /latest/i],
      ["LATEST", /latest/i],
      ["v1", /alias/i],
      ["V23", /alias/i],
      ["", /alias/i],
    ].map(
      ([alias, message]): Refusal => [
        `an alias ${String(alias).slice(0, 10)}`,
        "/registered-models/alias",
        { name: "forest", alias, version: "1" },
        message as RegExp,
      ],
    ),
  ])("%s", async (_what, path, body, message) => {
    const answer = await post(path, body);
    expect([answer.status, answer.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(answer.body.message).toMatch(message);
  });

  test.each<readonly [string, string, object]>([
    ["an experiment's name", "/experiments/create", { name: long(500), tags: [{ key: long(250), value: long(5000) }] }],
    [
      "an experiment's tag",
      "/experiments/set-experiment-tag",
      { experiment_id: "$experiment", key: long(250), value: long(5000) },
    ],
    [
      "keys",
      "/runs/log-batch",
      {
        run_id: "$run",
        params: [{ key: long(250), value: long(6000) }],
        tags: [{ key: long(250), value: long(8000) }],
      },
    ],
    ["keys with all signs", "/runs/log-batch", { run_id: "$run", metrics: [{ ...point, key: "a b/C_1.x-y:z" }] }],
    [
      "a data set",
      "/runs/log-inputs",
      dataset({ name: long(500), digest: long(36), source: long(65_535), schema: long(1_048_575) }),
    ],
    ["a data set's profile", "/runs/log-inputs", dataset({ digest: "p", profile: long(16_777_215) })],
    ["an input's tag", "/runs/log-inputs", inputTag(long(255), long(500))],
    [
      "a model's name and tag",
      "/registered-models/create",
      { name: long(256), tags: [{ key: long(250), value: long(100_000) }] },
    ],
    ["a logged model's param", "/logged-models/$model/params", { params: [{ key: long(250), value: long(6000) }] }],
  ])("%s up to its limits is taken", async (_what, path, body) => {
    const answer = await post(path, body);
    expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
  });
});

describe("of the wrong type, or missing", () => {
  test.each<Refusal>([
    ["a number for a name", "/experiments/create", { name: 5 }, /Invalid value 5 for parameter 'name' supplied/],
    [
      "a list for a name",
      "/experiments/create",
      { name: ["a"] },
      /Invalid value \["a"\] for parameter 'name' supplied/,
    ],
    [
      "a number for an experiment",
      "/runs/create",
      { experiment_id: 5 },
      /Invalid value 5 for parameter 'experiment_id'/,
    ],
    [
      "a number for a version",
      "/model-versions/transition-stage",
      { name: "forest", version: 2, stage: "None" },
      /Invalid value 2 for parameter 'version' supplied/,
    ],
    ["a text for tags", "/runs/create", { experiment_id: "$experiment", tags: "x" }, /'tags/],
    [
      "tags without keys",
      "/runs/create",
      { experiment_id: "$experiment", tags: [{ value: "x" }] },
      /Missing value for required parameter 'tags\[0\]\.key'/,
    ],
    [
      "a text for a time",
      "/runs/create",
      { experiment_id: "$experiment", start_time: "soon" },
      /'start_time' supplied/,
    ],
    ["an unknown status", "/runs/update", { run_id: "$run", status: "DONE" }, /'status' supplied/],
    [
      "a status beyond all numbers",
      "/runs/update",
      { run_id: "$run", status: 9 },
      /Invalid value 9 for parameter 'status' supplied/,
    ],
    [
      "a text for a metric's value",
      "/runs/log-metric",
      { run_id: "$run", ...point, value: "high" },
      /'value' supplied/,
    ],
    [
      "no metric's value",
      "/runs/log-metric",
      { run_id: "$run", key: "m", timestamp: 1 },
      /Missing value for required parameter 'value'/,
    ],
    [
      "no metric's key",
      "/runs/log-metric",
      { run_id: "$run", value: 1, timestamp: 1 },
      /Missing value for required parameter 'key'/,
    ],
    [
      "no time of a metric",
      "/runs/log-metric",
      { run_id: "$run", key: "m", value: 1 },
      /Missing value for required parameter 'timestamp'/,
    ],
    [
      "null for a metric's value",
      "/runs/log-metric",
      { run_id: "$run", ...point, value: null },
      /Missing value for required parameter 'value'/,
    ],
    ["no run", "/runs/log-metric", point, /Missing value for required parameter 'run_id'/],
    ["no name", "/registered-models/create", {}, /Missing value for required parameter 'name'/],
    [
      "no version",
      "/registered-models/alias",
      { name: "forest", alias: "a" },
      /Missing value for required parameter 'version'/,
    ],
    ["no experiment", "/experiments/delete", {}, /Missing value for required parameter 'experiment_id'/],
    [
      "a data set without a digest",
      "/runs/log-inputs",
      { run_id: "$run", datasets: [{ dataset: { name: "n" } }] },
      /Missing value for required parameter 'datasets\[0\]\.dataset\.digest'/,
    ],
    [
      "a number for a filter",
      "/experiments/search",
      { filter: 7, max_results: 1 },
      /Invalid value 7 for parameter 'filter'/,
    ],
    [
      "a number for a page token",
      "/runs/search",
      { experiment_ids: ["$experiment"], page_token: 7 },
      /Invalid value 7 for parameter 'page_token'/,
    ],
    [
      "a number for an order",
      "/runs/search",
      { experiment_ids: ["$experiment"], order_by: [7] },
      /Invalid value 7 for parameter 'order_by\[0\]'/,
    ],
    ["half a page", "/runs/search", { experiment_ids: ["$experiment"], max_results: 1.5 }, /'max_results' supplied/],
    [
      "a page of less than nothing",
      "/experiments/search",
      { max_results: -1 },
      /'max_results' supplied: must be a positive integer/,
    ],
    [
      "a page of 50,001 runs",
      "/runs/search",
      { experiment_ids: ["$experiment"], max_results: 50_001 },
      /'max_results' supplied: must be .* at most 50000/,
    ],
  ])("%s", async (_what, path, body, message) => {
    const answer = await post(path, body);
    expect([answer.status, answer.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(answer.body.message).toMatch(message);
  });

  test("arguments of a query are checked the same way", async () => {
    const codes = await Promise.all(
      ["/runs/get", "/experiments/get", "/registered-models/get", "/metrics/get-history?run_id=$run"].map(
        async (path) => {
          const { status, body } = await house.get(filled(path));
          return [status, body.error_code, /Missing value for required parameter '/.test(body.message)];
        },
      ),
    );
    expect(codes).toEqual(codes.map(() => [400, "INVALID_PARAMETER_VALUE", true]));
  });
});

describe("a body", () => {
  const send = (body: string, type: string | undefined, method = "POST", path = "/mlflow/runs/log-metric") =>
    house.call(method, path, { as: "developer", body, headers: type === undefined ? {} : { "content-type": type } });
  const metric = () => JSON.stringify(filled({ run_id: "$run", ...point }));

  test.each([
    ["text/plain", 400],
    ["application/x-www-form-urlencoded", 400],
    ["multipart/form-data; boundary=x", 400],
    ["application/jsonp", 400],
    ["application/json", 200],
    ["application/json; charset=utf-8", 200],
    ["APPLICATION/JSON", 200],
  ])("as %s is answered with %d", async (type, status) => {
    const answer = await send(metric(), type);
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body).toMatchObject({ error_code: "BAD_REQUEST", message: /application\/json/ });
  });

  test.each([
    ["a text in JSON that is none", JSON.stringify("{"), "BAD_REQUEST", /not valid JSON/],
    ["a number", "5", "BAD_REQUEST", /must be a JSON object/],
    ["null", "null", "BAD_REQUEST", /must be a JSON object/],
    ["JSON in JSON in JSON", JSON.stringify(JSON.stringify("{}")), "BAD_REQUEST", /must be a JSON object/],
    ["a comma too many", '{"run_id": "a",}', "BAD_REQUEST", /not valid JSON/],
    ["NaN as a number", '{"run_id":"a","key":"m","timestamp":1,"value":NaN}', "BAD_REQUEST", /not valid JSON/],
    ["nothing", "", "INVALID_PARAMETER_VALUE", /Missing value for required parameter 'run_id'/],
  ])("that is %s is refused", async (_what, body, code, message) => {
    const answer = await send(body, "application/json");
    expect([answer.status, answer.body.error_code]).toEqual([400, code]);
    expect(answer.body.message).toMatch(message);
  });

  test("that was encoded twice is taken", async () => {
    expect((await send(JSON.stringify(metric()), "application/json")).body).toEqual({});
  });
});
