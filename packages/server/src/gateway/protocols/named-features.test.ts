import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endpointOf, FakeApi, keyOfToken, releaseOf } from "../testing/fake-api.ts";
import { TestGateway } from "../testing/run-test-gateway.ts";

const api = new FakeApi();
let gateway: TestGateway;
const row = { origin: "ORD", hour: 17, distance: 733, wind: 25.5 };
const answerOfRow = { label: true, probability: 0.84371859, probabilities: { false: 0.15628141, true: 0.84371859 } };
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

beforeAll(async () => {
  await api.start();
  const price = {
    ...endpointOf([releaseOf("price", "3", "release-price")]),
    deploymentId: "deployment-2",
    deployment: "price",
  };
  const empty = { ...endpointOf([]), deploymentId: "deployment-3", deployment: "empty" };
  const keys = [
    keyOfToken("secret"),
    keyOfToken("other", ["deployment-2"]),
    keyOfToken("old", "all", "2020-01-01T00:00:00Z"),
  ];
  api.publish([endpointOf([releaseOf("late-1", "1")]), price, empty], keys);
  gateway = await TestGateway.start(api);
  await api.reported("release-1", "ready");
  await api.reported("release-price", "ready");
});
afterAll(async () => {
  await gateway.remove();
  await api.stop();
});

test("one object of named features gives one prediction", async () => {
  const { status, headers, body } = await gateway.ask("/predict", { body: row });
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      predictionId: expect.stringMatching(idPattern),
      model: { name: "late", version: "1" },
      predictions: [answerOfRow],
    },
  });
  expect(headers.get("pave-prediction-id")).toBe(body.predictionId);
  expect(headers.get("pave-model-version")).toBe("1");
  expect(headers.get("content-type")).toBe("application/json");
});

test("several rows give as many predictions, a missing optional value is one", async () => {
  const { wind, ...withoutWind } = row;
  const first = await gateway.ask("/predict", { body: { inputs: [row, { ...row, wind: null }, withoutWind] } });
  expect(first.body.predictions).toHaveLength(3);
  expect(first.body.predictions[0]).toEqual(answerOfRow);
  expect(first.body.predictions[1]).toEqual(first.body.predictions[2]);
  expect((await gateway.ask("/predict", { body: { instances: [row] } })).body.predictions).toEqual([answerOfRow]);
});

test("a model with one stacked numeric input takes named features all the same", async () => {
  const { body } = await gateway.ask("/../price/predict", { body: { a: 1, b: 2, c: 3 } });
  expect(body).toMatchObject({
    model: { name: "price", version: "3" },
    predictions: [{ value: expect.closeTo(1 - 4 + 1.5 + 3, 4) }],
  });
});

test("a packed body is unpacked, up to the limit", async () => {
  const packed = (bytes: Uint8Array) =>
    gateway.ask("/predict", { body: bytes, headers: { "content-encoding": "gzip" } });
  expect((await packed(gzipSync(JSON.stringify(row)))).body.predictions).toEqual([answerOfRow]);
  expect((await packed(gzipSync(" ".repeat(200_000)))).status).toBe(413);
  expect((await packed(Buffer.from("no gzip"))).status).toBe(400);
  expect((await gateway.ask("/predict", { body: "x", headers: { "content-encoding": "br" } })).status).toBe(415);
});

const without = (name: keyof typeof row) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== name));

test.each([
  ["a missing feature", without("hour"), 400, "hour: expected a whole number, found nothing", 'send "hour"'],
  [
    "a missing feature of one row",
    { inputs: [row, without("origin")] },
    400,
    "inputs[1].origin: expected a text, found nothing",
    'send "origin"',
  ],
  [
    "an extra feature",
    { ...row, colour: 1 },
    400,
    'colour: expected only features of this model (origin, hour, distance, wind), found "colour"',
    'leave "colour" out',
  ],
  [
    "a wrong type",
    { ...row, hour: "late" },
    400,
    'hour: expected a whole number, found the text "late"',
    'send "hour" as a whole number',
  ],
  [
    "a number that is not finite",
    '{"origin":"ORD","hour":1,"distance":1e999,"wind":1}',
    400,
    "distance: expected a finite number, found a number beyond what a computer can hold",
    'send "distance" as a finite number',
  ],
  [
    "NaN",
    '{"distance":NaN}',
    400,
    'the body is not valid JSON at line 1, column 13: found "NaN"',
    "JSON has no NaN or Infinity: send null for a missing value",
  ],
  [
    "no JSON",
    "hello",
    400,
    'the body is not valid JSON at line 1, column 1: found "hello"',
    "send valid JSON (double quotes, no trailing commas)",
  ],
  ["no body", "", 400, "expected a JSON body, found none", "send the request with a body"],
  [
    "a list",
    [row],
    400,
    'body: expected an object of named features, or {"inputs": [objects]}, found a list',
    `send for example ${JSON.stringify(row)}`,
  ],
  [
    "inputs that are no list",
    { inputs: row },
    400,
    "inputs: expected a list of objects, found an object",
    'send {"inputs": [{…}, …]}',
  ],
  [
    "inputs beside something",
    { inputs: [row], x: 1 },
    400,
    'body: expected only "inputs", found "x" beside it',
    'leave "x" out, or move it into each row',
  ],
  [
    "a row that is no object",
    { inputs: [row, 3] },
    400,
    "inputs[1]: expected an object of named features, found 3",
    `send for example ${JSON.stringify(row)}`,
  ],
  [
    "a name that is there twice",
    `{"inputs": [${JSON.stringify(row).replace("}", ',"hour":18}')}]}`,
    400,
    'body: expected every name once, found "hour" twice',
    'send one value for "hour"',
  ],
  ["no rows", { inputs: [] }, 400, "inputs: expected at least one row, found none", "send one row or more"],
  [
    "too many rows",
    { inputs: Array(201).fill({}) },
    413,
    "inputs: expected at most 200 rows, found 201",
    "split the rows over several requests",
  ],
])("predict refuses %s", async (_title, body, status, message, fix) => {
  const answer = await gateway.ask("/predict", { body });
  expect({ status: answer.status, ...answer.body.error }).toEqual({
    status,
    code: status === 413 ? "request.too_large" : expect.stringMatching(/^(prediction|request)\.invalid$/),
    message,
    fix,
  });
  expect(answer.headers.get("pave-model-version")).toBe("1");
});

test("a body over the limit is refused in a way that the caller gets to read", async () => {
  for (const size of [100_001, 8_000_000]) {
    const { status, body } = await gateway.ask("/predict", { body: " ".repeat(size) });
    expect({ status, code: body.error.code }).toEqual({ status: 413, code: "request.too_large" });
    expect(body.error.message).toContain("at most 100000 bytes");
  }
  const chunks = new ReadableStream({
    start(controller) {
      for (let index = 0; index < 50; index += 1) controller.enqueue(new Uint8Array(20_000).fill(32));
      controller.close();
    },
  });
  const init = { method: "POST", body: chunks, duplex: "half", headers: { authorization: "Bearer secret" } };
  expect((await fetch(`${gateway.url}/production/flights/late/predict`, init as RequestInit)).status).toBe(413);
  expect((await gateway.ask("/predict", { body: row })).status).toBe(200);
});

test("bytes that are not UTF-8 are refused", async () => {
  const { status, body } = await gateway.ask("/predict", { body: Buffer.from([0x7b, 0xff, 0x7d]) });
  expect({ status, message: body.error.message }).toEqual({
    status: 400,
    message: "expected a body in UTF-8, found other bytes",
  });
});

test("a body that says it is not UTF-8 is refused, and one that says it is taken", async () => {
  const ask = (charset: string) =>
    gateway.ask("/predict", { body: row, headers: { "content-type": `application/json; charset=${charset}` } });
  const { status, body } = await ask("latin1");
  expect([status, body.error.message]).toEqual([415, "expected a body in UTF-8, found charset=latin1"]);
  expect((await ask("UTF-8")).status).toBe(200);
});

test.each([
  ["no token", null, 401, "access.unauthenticated"],
  ["an unknown token", "guess", 401, "access.token_invalid"],
  ["an expired token", "old", 401, "access.token_expired"],
  ["a token of another endpoint", "other", 403, "access.denied"],
])("%s is refused on every path", async (_title, token, status, code) => {
  for (const path of ["", "/predict"]) {
    const answer = await gateway.ask(path, { token, ...(path === "" ? {} : { body: row }) });
    expect({ status: answer.status, code: answer.body.error.code }).toEqual({ status, code });
    expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
  }
  const v2 = await gateway.ask("/v2/health/ready", { token });
  expect({ status: v2.status, body: v2.body }).toEqual({ status, body: { error: expect.any(String) } });
});

test.each([
  ["GET", "/predict", 405, "POST"],
  ["DELETE", "", 405, "GET"],
  ["GET", "/nothing", 404, null],
  ["GET", "/predict/more", 404, null],
  ["GET", "/../unknown", 404, null],
  ["GET", "/%E0%A4%A", 400, null],
])("%s %s answers %d", async (method, path, status, allow) => {
  const answer = await gateway.ask(path, { method });
  expect({ status: answer.status, allow: answer.headers.get("allow") }).toEqual({ status, allow });
  expect(answer.body.error).toMatchObject({
    code: expect.any(String),
    message: expect.any(String),
    fix: expect.any(String),
  });
});

test("an endpoint without a release is not ready, and says when to come again", async () => {
  const answer = await gateway.ask("/../empty/predict", { body: row });
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("1");
  expect(answer.body.error.message).toBe("production/flights/empty: nothing is released here yet");
  expect((await gateway.ask("/../empty/v2/health/ready")).body).toEqual({ ready: false });
});

test("an endpoint describes itself, and its example works as it is", async () => {
  const { body } = await gateway.ask("/");
  expect(body).toMatchObject({
    endpoint: "/production/flights/late",
    model: { name: "late", version: "1" },
    example: row,
    signature: [{ name: "origin", type: "string" }, {}, {}, {}],
  });
  const response = await fetch(gateway.url + body.predict.path, {
    method: "POST",
    headers: { authorization: "Bearer secret" },
    body: JSON.stringify(body.predict.body),
  });
  expect(response.status).toBe(200);
});

test("health needs no token", async () => {
  const response = await fetch(`${gateway.url}/healthz`);
  expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
});
