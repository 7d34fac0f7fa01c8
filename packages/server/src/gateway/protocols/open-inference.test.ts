import { afterAll, beforeAll, expect, test } from "vitest";
import { endpointOf, FakeApi, releaseOf } from "../testing/fake-api.ts";
import { TestGateway } from "../testing/run-test-gateway.ts";

const api = new FakeApi();
let gateway: TestGateway;

beforeAll(async () => {
  await api.start();
  api.publish([endpointOf([releaseOf("late-1", "1")])]);
  gateway = await TestGateway.start(api);
  await api.reported("release-1", "ready");
});
afterAll(async () => {
  await gateway.remove();
  await api.stop();
});

const tensors = (rows: number, change: Record<string, Record<string, unknown> | undefined> = {}) => {
  const all: Record<string, Record<string, unknown> | undefined> = {
    origin: { name: "origin", shape: [rows, 1], datatype: "BYTES", data: Array(rows).fill("ORD") },
    hour: { name: "hour", shape: [rows, 1], datatype: "INT64", data: Array(rows).fill(17) },
    distance: { name: "distance", shape: [rows, 1], datatype: "FP32", data: Array(rows).fill(733) },
    wind: { name: "wind", shape: [rows, 1], datatype: "FP32", data: Array(rows).fill(25.5) },
  };
  for (const [name, part] of Object.entries(change)) all[name] = part && { ...all[name], ...part };
  return Object.values(all).filter((tensor) => tensor !== undefined);
};
const infer = (body: unknown, path = "/v2/models/late/infer", headers: Record<string, string> = {}) =>
  gateway.ask(path, { body, headers });

test.each([
  ["/v2", { name: "pave", version: expect.any(String), extensions: [] }],
  ["/v2/", { name: "pave", version: expect.any(String), extensions: [] }],
  ["/v2/health/live", { live: true }],
  ["/v2/health/ready", { ready: true }],
  ["/v2/models", { models: ["late"] }],
  ["/v2/models/late/ready", { name: "late", ready: true }],
  ["/v2/models/late/versions/1/ready", { name: "late", ready: true }],
  ["/v2/models/late", metadata()],
  ["/v2/models/late/versions/1", metadata()],
])("GET %s", async (path, body) => {
  expect(await gateway.ask(path)).toMatchObject({ status: 200, body });
});

function metadata() {
  const input = (name: string, datatype: string) => ({ name, datatype, shape: [-1, 1] });
  return {
    name: "late",
    versions: ["1"],
    platform: "onnx_onnxv1",
    inputs: [input("origin", "BYTES"), input("hour", "INT64"), input("distance", "FP32"), input("wind", "FP32")],
    outputs: [
      { name: "label", datatype: "INT64", shape: [-1] },
      { name: "probabilities", datatype: "FP32", shape: [-1, 2] },
    ],
  };
}

test("the repository index is a POST with or without a body", async () => {
  expect(await gateway.ask("/v2/repository/index", { body: "" })).toMatchObject({
    status: 200,
    body: [{ name: "late", version: "1", state: "READY", reason: "" }],
  });
});

test("flat and nested data infer the same, an id is echoed, a missing one minted", async () => {
  const flat = await infer({ id: "mine", inputs: tensors(2) });
  expect(flat).toMatchObject({
    status: 200,
    body: {
      model_name: "late",
      model_version: "1",
      id: "mine",
      outputs: [
        { name: "label", datatype: "INT64", shape: [2], data: [1, 1] },
        {
          name: "probabilities",
          datatype: "FP32",
          shape: [2, 2],
          data: [expect.closeTo(0.1563, 4), expect.closeTo(0.8437, 4), expect.any(Number), expect.any(Number)],
        },
      ],
    },
  });
  const nested = await infer(
    { inputs: tensors(2, { hour: { data: [[17], [17]] }, wind: { shape: [2] } }) },
    "/v2/models/late/versions/1/infer",
  );
  expect(nested.body.outputs).toEqual(flat.body.outputs);
  expect(nested.body.id).toBe(nested.headers.get("pave-prediction-id"));
});

test("outputs can be chosen, and come in the order asked for", async () => {
  const names = async (outputs: unknown) =>
    (await infer({ inputs: tensors(1), outputs })).body.outputs.map(({ name }: { name: string }) => name);
  expect(await names([{ name: "probabilities", parameters: { binary_data: true } }])).toEqual(["probabilities"]);
  expect(await names([{ name: "probabilities" }, { name: "label" }])).toEqual(["probabilities", "label"]);
  expect(await names([])).toEqual(["label", "probabilities"]);
});

test("missing optional values are null, or a tensor left out", async () => {
  const asNull = await infer({ inputs: tensors(1, { wind: { data: [null] } }) });
  const leftOut = await infer({ inputs: tensors(1, { wind: undefined }) });
  expect(asNull.status).toBe(200);
  expect(leftOut.body.outputs).toEqual(asNull.body.outputs);
});

test("whole numbers above 2^53 do not lose their last digits on the way in", async () => {
  const text = (hour: string) =>
    JSON.stringify({ inputs: tensors(1, { hour: { data: ["HOUR"] } }) }).replace('"HOUR"', hour);
  expect((await infer(text("9007199254740993"))).status).toBe(200);
  expect((await infer(text("9223372036854775807"))).status).toBe(200);
  expect((await infer(text("9223372036854775808"))).body.error).toContain(
    'input "hour", data[0]: expected a whole number',
  );
});

test.each([
  ["not an object", [], /^body: expected a map, found an empty list; send /],
  ["no inputs", {}, /^inputs: expected a list, found nothing; send /],
  ["empty inputs", { inputs: [] }, /^inputs: expected at least 1 item, found an empty list; /],
  [
    "a shape given as text",
    { inputs: tensors(1, { hour: { shape: "1,1" } }) },
    /^inputs\.1\.shape: expected a list, found the text "1,1"/,
  ],
  [
    "a negative dimension",
    { inputs: tensors(1, { hour: { shape: [-1, 1] } }) },
    /^inputs\.1\.shape\.0: expected a number of at least 0, found the number -1/,
  ],
  ["data given as text", { inputs: tensors(1, { hour: { data: "17" } }) }, /^inputs\.1\.data: /],
  [
    "a parameter that is an object",
    { inputs: tensors(1), parameters: { a: {} } },
    /^parameters\.a: expected a text, a number or true or false, found an empty map/,
  ],
  [
    "an unknown input",
    { inputs: [...tensors(1), { name: "colour", shape: [1, 1], datatype: "FP32", data: [1] }] },
    /^input "colour": expected only inputs of this model \(origin, hour, distance, wind\)/,
  ],
  ["an input twice", { inputs: [...tensors(1), ...tensors(1)] }, /^input "origin" is there twice/],
  [
    "a missing input",
    { inputs: tensors(1, { hour: undefined }) },
    /^input "hour": expected a tensor INT64 of shape \[rows, 1\], found nothing/,
  ],
  [
    "a wrong datatype",
    { inputs: tensors(1, { hour: { datatype: "FP32" } }) },
    /^input "hour": expected datatype INT64, found FP32/,
  ],
  [
    "an unknown datatype",
    { inputs: tensors(1, { hour: { datatype: "INT65" } }) },
    /expected datatype INT64, found INT65/,
  ],
  [
    "a wrong shape",
    { inputs: tensors(1, { hour: { shape: [1, 2] } }) },
    /^input "hour": expected shape \[rows, 1\], found \[1, 2\]/,
  ],
  [
    "more values than the shape says",
    { inputs: tensors(1, { hour: { data: [1, 2] } }) },
    /^input "hour": expected 1 values for shape \[1, 1\], found 2/,
  ],
  [
    "deeper data than the shape says",
    { inputs: tensors(1, { hour: { data: [[[1]]] } }) },
    /^input "hour", data\[0\]: expected a whole number, found a list/,
  ],
  [
    "ragged data",
    { inputs: tensors(2, { hour: { data: [[1], [2, 3]] } }) },
    /^input "hour": expected lists of 1 at depth 2 of data, found a list of 2/,
  ],
  [
    "inputs of different rows",
    { inputs: tensors(1, { wind: { shape: [2, 1], data: [1, 2] } }) },
    /^input "wind": expected 1 rows as in the inputs before, found 2/,
  ],
  ["no rows", { inputs: tensors(0) }, /^inputs: expected at least one row/],
  ["no data", { inputs: tensors(1, { hour: { data: undefined } }) }, /^input "hour": expected data, found none/],
  [
    "a text for a number",
    { inputs: tensors(1, { distance: { data: ["far"] } }) },
    /^input "distance", data\[0\]: expected a finite number, found the text "far"/,
  ],
  [
    "null for a required value",
    { inputs: tensors(1, { distance: { data: [null] } }) },
    /^input "distance", data\[0\]: expected a finite number, found null/,
  ],
  [
    "a number for a text",
    { inputs: tensors(1, { origin: { data: [1] } }) },
    /^input "origin", data\[0\]: expected a text, found 1/,
  ],
  [
    "an unknown output",
    { inputs: tensors(1), outputs: [{ name: "score" }] },
    /^output "score": expected outputs of this model \(label, probabilities\)/,
  ],
  [
    "classification of outputs",
    { inputs: tensors(1), outputs: [{ name: "label", parameters: { classification: 3 } }] },
    /classification parameter is not supported/,
  ],
  [
    "binary data",
    { inputs: tensors(1, { hour: { data: undefined, parameters: { binary_data_size: 8 } } }) },
    /^input "hour": binary tensors are not supported here; send data as JSON/,
  ],
  [
    "shared memory",
    { inputs: tensors(1, { hour: { data: undefined, parameters: { shared_memory_region: "r" } } }) },
    /shared memory is not supported/,
  ],
  ["an id that is a number", { id: 3, inputs: tensors(1) }, /^id: expected a text, found the number 3/],
  ["a broken body", '{"inputs": [', /^the body is not valid JSON at line 1, column 13: found the end of the body/],
])("infer refuses %s with one text", async (_title, body, message) => {
  expect(await infer(body)).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
});

test.each([
  ["GET", "/v2/models/other", 404, /^model "other" is not served here; this endpoint has late version 1/],
  ["GET", "/v2/models/late/versions/2", 404, /^model "late" version "2" is not served here/],
  ["GET", "/v2/models/LATE/ready", 404, /not served/],
  ["POST", "/v2/models/late/versions/2/infer", 404, /not served/],
  ["GET", "/v2/models/late/infer", 405, /^expected POST, found GET/],
  ["POST", "/v2/health/live", 405, /^expected GET, found POST/],
  ["GET", "/v2/models/late/config", 404, /there is nothing here/],
  ["GET", "/v2/models/late/versions", 404, /there is nothing here/],
  ["GET", "/v2/nothing", 404, /there is nothing here/],
])("%s %s answers %d in the protocol's form", async (method, path, status, message) => {
  const { body, ...answer } = await gateway.ask(path, { method, ...(method === "POST" ? { body: "{}" } : {}) });
  expect({ status: answer.status, body }).toEqual({ status, body: { error: expect.stringMatching(message) } });
});

test("the header of binary tensors is answered with what to do instead", async () => {
  const answer = await infer("{}", undefined, { "inference-header-content-length": "2" });
  expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining("binary_data=False") } });
});
