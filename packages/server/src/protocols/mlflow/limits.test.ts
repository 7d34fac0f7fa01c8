import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

describe("what cannot be logged", () => {
  let run_id: string;
  beforeAll(async () => {
    run_id = await house.newRun(experiment);
  });
  const metric = { key: "m", value: 1, timestamp: 1 };
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...metric, key: `m${index}` }));
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `p${index}`, value: "1" }));

  test.each([
    ["a run id that is a number", { run_id: 7 }, /Invalid value 7 for parameter 'run_id'/],
    ["no run", { run_id: undefined }, /Missing value for required parameter 'run_id'/],
    ["a run id of 257 characters", { run_id: "a".repeat(257) }, /parameter 'run_id'/],
    ["a run id with a path in it", { run_id: "../x" }, /parameter 'run_id'/],
    ["1001 metrics", { metrics: many(1001) }, /at most 1000 metrics/],
    ["101 params", { params: pairs(101) }, /at most 100 params/],
    ["101 tags", { tags: pairs(101) }, /at most 100 tags/],
    ["1001 in all", { metrics: many(950), params: pairs(51) }, /at most 1000 metrics, params and tags/],
    ["a param twice", { params: [...pairs(1), ...pairs(1)] }, /Duplicate parameter keys/],
    ["a key of 251 characters", { metrics: [{ ...metric, key: "k".repeat(251) }] }, /more than 250 characters/],
    ["a key with a star", { metrics: [{ ...metric, key: "a*b" }] }, /metrics\[0\]\.key/],
    ["a key that leaves its folder", { params: [{ key: "../x", value: "1" }] }, /params\[0\]\.key/],
    ["an absolute key", { tags: [{ key: "/x", value: "1" }] }, /tags\[0\]\.key/],
    ["a key that is none", { tags: [{ key: "", value: "1" }] }, /tags\[0\]\.key/],
    ["a value that is none", { metrics: [{ ...metric, value: "much" }] }, /metrics\[0\]\.value/],
    [
      "no value",
      { metrics: [{ key: "m", timestamp: 1 }] },
      /Missing value for required parameter 'metrics\[0\]\.value'/,
    ],
    ["a time before 1970", { metrics: [{ ...metric, timestamp: -1 }] }, /milliseconds since 1970/],
    ["a time in nanoseconds", { metrics: [{ ...metric, timestamp: "1700000000000000000" }] }, /timestamp/],
    ["a step beyond all", { metrics: [{ ...metric, step: "9223372036854775807" }] }, /step/],
    ["half a step", { metrics: [{ ...metric, step: 0.5 }] }, /step/],
    ["a NUL", { params: [{ key: "p", value: "a\0b" }] }, /NUL/],
    ["no list", { metrics: "many" }, /metrics/],
  ])("%s", async (_what, over, message) => {
    const answer = await house.post("/runs/log-batch", { run_id, ...over });
    expect(codeOf(answer)).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(answer.body.message).toMatch(message);
  });

  test("longer params and tags are cut, also in the middle of a sign", async () => {
    const run_id = await house.newRun(experiment);
    const value = `${"x".repeat(5999)}😀`;
    await house.post("/runs/log-parameter", { run_id, key: "long", value });
    await house.post("/runs/set-tag", { run_id, key: "long", value: "y".repeat(9000) });
    const { params, tags } = await dataOf(run_id);
    expect(params[0].value).toBe("x".repeat(5999));
    expect(tags.find(({ key }: { key: string }) => key === "long").value).toHaveLength(8000);
    expect((await house.post("/runs/log-parameter", { run_id, key: "long", value })).status).toBe(200);
  });

  test.each([
    ["a name of 501 characters", "/experiments/create", { name: "n".repeat(501) }],
    ["a name that is none", "/experiments/create", { name: "" }],
    ["a place for artifacts", "/experiments/create", { name: "elsewhere", artifact_location: "s3://bucket" }],
    ["a long tag", "/experiments/create", { name: "tagged", tags: [{ key: "k", value: "v".repeat(5001) }] }],
    ["a tag's long key", "/experiments/create", { name: "tagged", tags: [{ key: "k".repeat(251), value: "" }] }],
    ["a new name of 501 characters", "/experiments/update", { experiment_id: "1", new_name: "n".repeat(501) }],
    [
      "a tag of an experiment",
      "/experiments/set-experiment-tag",
      { experiment_id: "1", key: "k", value: "v".repeat(5001) },
    ],
    ["a run's tag's key", "/runs/create", { experiment_id: "0", tags: [{ key: "k".repeat(251), value: "" }] }],
    ["a data set's name", "/runs/log-inputs", { datasets: [{ dataset: { name: "n".repeat(501), digest: "d" } }] }],
    ["a data set's digest", "/runs/log-inputs", { datasets: [{ dataset: { name: "n", digest: "d".repeat(37) } }] }],
    [
      "a data set's source",
      "/runs/log-inputs",
      { datasets: [{ dataset: { name: "n", digest: "d", source: "s".repeat(65_536) } }] },
    ],
    [
      "a data set's schema",
      "/runs/log-inputs",
      { datasets: [{ dataset: { name: "n", digest: "d", schema: "s".repeat(1_048_576) } }] },
    ],
    [
      "a data set's profile",
      "/runs/log-inputs",
      { datasets: [{ dataset: { name: "n", digest: "d", profile: "p".repeat(16_777_216) } }] },
    ],
    ["a data set's name of a metric", "/runs/log-metric", { ...metric, dataset_name: "n".repeat(501) }],
    ["a data set's digest of a metric", "/runs/log-metric", { ...metric, dataset_digest: "d".repeat(37) }],
    ["a slash in a logged model's name", "/logged-models", { experiment_id: "0", name: "a/b" }],
    ["a colon in a logged model's name", "/logged-models", { experiment_id: "0", name: "a:b" }],
    ["a dot in a logged model's name", "/logged-models", { experiment_id: "0", name: "a.b" }],
    ["a percent sign in a logged model's name", "/logged-models", { experiment_id: "0", name: "a%b" }],
    ["a quote in a logged model's name", "/logged-models", { experiment_id: "0", name: 'a"b' }],
    ["an apostrophe in a logged model's name", "/logged-models", { experiment_id: "0", name: "a'b" }],
    ["a logged model's tag's key", "/logged-models", { name: "m", tags: [{ key: "k".repeat(251), value: "" }] }],
    ["a logged model's param's key", "/logged-models", { name: "m", params: [{ key: "k".repeat(251), value: "" }] }],
    ["a model's tag", "/registered-models/create", { name: "m", tags: [{ key: "k", value: "v".repeat(100_001) }] }],
    ["a model's tag's key", "/registered-models/create", { name: "m", tags: [{ key: "k".repeat(251), value: "" }] }],
    ["a model's later tag", "/registered-models/set-tag", { name: "m", key: "k", value: "v".repeat(100_001) }],
    ["a version's tag", "/model-versions/set-tag", { name: "m", version: "1", key: "k", value: "v".repeat(100_001) }],
    ["a version's tag's key", "/model-versions/set-tag", { name: "m", version: "1", key: "k".repeat(251), value: "" }],
    [
      "a hundred orders and one",
      "/runs/search",
      { order_by: Array.from({ length: 101 }, (_, at) => `metrics.m${at}`) },
    ],
    ["a page of 50,001 experiments", "/experiments/search", { max_results: 50_001 }],
    ["a page of 1,001 models", "/registered-models/search", { max_results: 1001 }],
    ["a page of 200,001 versions", "/model-versions/search", { max_results: 200_001 }],
  ])("%s that is too long or not allowed", async (_what, path, body) => {
    expect(codeOf(await house.post(path, { run_id, ...body }))).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });

  test.each([
    [
      "a history of 25,001 points at once",
      () => `/metrics/get-history?run_id=${run_id}&metric_key=m&max_results=25001`,
    ],
    [
      "more than 100 runs at once",
      () => `/metrics/get-history-bulk-interval?metric_key=m&${"run_ids=".concat(run_id, "&").repeat(101)}`,
    ],
    ["2,501 steps at once", () => `/metrics/get-history-bulk-interval?metric_key=m&run_ids=${run_id}&max_results=2501`],
    ["no step at all", () => `/metrics/get-history-bulk-interval?metric_key=m&run_ids=${run_id}&max_results=0`],
  ])("%s is asked for", async (_what, path) => {
    expect(codeOf(await house.get(path()))).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });

  test("an alias of 256 characters, and a path in signs of three bytes that no index takes", async () => {
    await house.post("/registered-models/create", { name: "aliased" });
    const alias = await house.post("/registered-models/alias", {
      name: "aliased",
      alias: "a".repeat(256),
      version: "1",
    });
    expect(codeOf(alias)).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    const part = () => Array.from({ length: 84 }, () => String.fromCharCode(0x4e00 + randomInt(20_000))).join("");
    const path = Array.from({ length: 11 }, part).map(encodeURIComponent).join("/");
    const place = `/mlflow-artifacts/artifacts/${experiment}/${run_id}/artifacts/${path}`;
    const answer = await house.call("PUT", place, { as: "developer", body: "x" });
    expect(codeOf(answer)).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(answer.body.message).toMatch(/Invalid path/);
  });

  test("the longest keys and values are taken", async () => {
    const [key, run] = [
      "k".repeat(250),
      await house.newRun(experiment, { tags: [{ key: "ü".repeat(250), value: "v" }] }),
    ];
    const metrics = [{ ...metric, key, dataset_name: "n".repeat(500), dataset_digest: "d".repeat(36) }];
    expect(codeOf(await house.post("/runs/log-batch", { run_id: run, metrics, tags: [{ key, value: "v" }] }))).toEqual([
      200,
      undefined,
    ]);
    const tags = [{ key: "ü".repeat(250), value: "v".repeat(100_000) }];
    expect((await house.post("/registered-models/create", { name: "ü".repeat(256), tags })).status).toBe(200);
    const made = await house.post("/logged-models", { experiment_id: experiment, name: "m", tags, params: tags });
    expect(made.status).toBe(200);
    expect((await house.post("/experiments/create", { name: "ü".repeat(500) })).status).toBe(200);
  });

  test.each([
    ["broken JSON", "{", "application/json", 400, "BAD_REQUEST"],
    ["a list", "[]", "application/json", 400, "BAD_REQUEST"],
    ["another type", "a=1", "application/x-www-form-urlencoded", 400, "BAD_REQUEST"],
    ["too much nesting", "[".repeat(100_000) + "]".repeat(100_000), "application/json", 400, "BAD_REQUEST"],
    ["17 MiB", `{"run_id":"${"a".repeat(17 * 2 ** 20)}"}`, "application/json", 413, "INVALID_PARAMETER_VALUE"],
  ])("%s", async (_what, body, type, status, code) => {
    const headers = { "content-type": type };
    const answer = await house.call("POST", "/mlflow/runs/log-batch", { as: "developer", body, headers });
    expect(codeOf(answer)).toEqual([status, code]);
  });

  test("half a character is kept as the sign for one, wherever it stands", async () => {
    const half = "a\ud800";
    const body = { experiment_id: experiment, run_name: half, user_id: half, tags: [{ key: "t", value: half }] };
    const { info, data } = (await house.post("/runs/create", body)).body.run;
    expect([info.run_name, info.user_id]).toEqual(["a\ufffd", "a\ufffd"]);
    expect(data.tags).toContainEqual({ key: "t", value: "a\ufffd" });
    const named = { ...metric, run_id: info.run_id, dataset_name: half, dataset_digest: half, model_id: half };
    expect((await house.post("/runs/log-metric", named)).body).toEqual({});
  });

  test("JSON in JSON, as clients before 1.0 sent it, and null for nothing, are fine", async () => {
    const body = JSON.stringify(JSON.stringify({ run_id, metrics: [{ ...metric, step: null }], params: null }));
    const headers = { "content-type": "application/json" };
    expect((await house.call("POST", "/mlflow/runs/log-batch", { as: "developer", body, headers })).body).toEqual({});
  });
});
